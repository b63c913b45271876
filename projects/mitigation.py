"""What a project mitigates in a calendar year, and who has which part of it (jcm.md 6.1).

    business as usual − project emissions = not issued + partner's credits + Japan's credits + what rounding takes

Business as usual stands in no equation of a methodology: it explains how far below it the reference is.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Mitigation:
    """The emissions of one calendar year in tCO2eq, and its credits in whole tonnes, by side where that is decided.

    A negative year has no credits; then `rounded` has its whole difference, which is below nought.
    """

    year: int
    reference: Fraction
    project: Fraction
    credits: int
    business_as_usual: Fraction | None = None
    # Partner's and Japan's, which sum to the credits.
    sides: tuple[int, int] | None = None

    @property
    def not_issued(self) -> Fraction | None:
        """The part between business as usual and the reference, for which no credits are issued."""
        return None if self.business_as_usual is None else self.business_as_usual - self.reference

    @property
    def rounded(self) -> Fraction:
        """What is left of the reductions once they are rounded down to whole tonnes: less than one tonne."""
        return self.reference - self.project - self.credits
