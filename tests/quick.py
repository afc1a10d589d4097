"""Compiler options for programs that run once, on little data: compiling takes most of the time."""

QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
