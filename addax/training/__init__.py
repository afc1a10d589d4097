"""Training: what `compile` resolves, one step, and the loop of many steps."""
