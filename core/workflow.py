"""A state machine as a table: one table feeds the Python check, the database trigger, the buttons and the docs."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import TransitionRefused


@dataclass(frozen=True, slots=True)
class Transition:
    """One legal move: `name` is the verb that users and the API use."""

    name: str
    sources: tuple[str, ...]
    target: str


class Workflow:
    """The legal moves of one kind of record."""

    def __init__(self, *transitions: Transition) -> None:
        self.transitions = transitions

    def next_state(self, name: str, *, state: str) -> str:
        """Return where `name` leads from `state`.

        Raises TransitionRefused when that move is not in the table.
        """
        for transition in self.transitions:
            if transition.name == name and state in transition.sources:
                return transition.target
        raise TransitionRefused(action=name, state=state)

    def available(self, state: str) -> list[str]:
        """Return the verbs that are legal in `state`, in table order."""
        return [t.name for t in self.transitions if state in t.sources]

    def edges(self) -> list[tuple[str, str]]:
        """Return every (from, to) pair, for the database trigger."""
        return sorted({(source, t.target) for t in self.transitions for source in t.sources})

    def mermaid(self) -> str:
        """Return the table as a mermaid state diagram for the reference docs."""
        lines = (f"    {source} --> {t.target}: {t.name}" for t in self.transitions for source in t.sources)
        return "\n".join(["stateDiagram-v2", *lines])


def reachable(workflow: Workflow, start: str) -> set[str]:
    """Return the states that can be reached from `start`, `start` included."""
    seen = {start}
    frontier: Iterable[str] = [start]
    while frontier:
        frontier = {b for a, b in workflow.edges() if a in frontier} - seen
        seen |= set(frontier)
    return seen
