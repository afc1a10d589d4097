"""How the figures are printed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A measured ratio and the one that is asked for."""

    label: str
    ratio: float
    required: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.ratio >= self.required if self.at_least else self.ratio <= self.required

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "ok" if self.met else "MISSED"
        return f"{self.label:<62} {self.ratio:7.2f}x   asked {sign} {self.required:<5} {verdict}"


def show(name, unit, figures):
    """Print one block of figures, the fastest first, each relative to Addax."""
    print(f"\n{name} ({unit})")
    own = figures.get("addax")
    for label, value in sorted(figures.items(), key=lambda item: item[1]):
        relative = f"{value / own:8.2f}x Addax" if own and label != "addax" else ""
        print(f"  {label:<44} {value:10.4g} {relative}", flush=True)
