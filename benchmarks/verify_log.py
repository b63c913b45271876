"""How long the verifier takes for a log of a million transactions.

    python benchmarks/verify_log.py --json

Writes an export with a checkpoint after every 1,000 entries, checks it as anybody would, by the command line, and
prints seconds and entries a second. `--entries` chooses another number.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from registry.log import merkle  # noqa: E402
from registry.log.checkpoint import signer  # noqa: E402
from tests.factories import logs  # noqa: E402

EVERY = 1_000


def write(folder: Path, entries: int) -> None:
    """Write the export of a log of so many entries."""
    (folder / "checkpoints").mkdir()
    signs, tree = signer("JP", logs.SEED), merkle.Tree()
    with (folder / "entries.ndjson").open("wb") as lines, (folder / "leaves").open("wb") as leaves:
        for index, body in enumerate(logs.bodies(entries, seed=1, series=1_000)):
            leaf = merkle.leaf_hash(body.encode())
            tree.add(leaf)
            lines.write(logs.line(index, body))
            leaves.write(leaf)
            if tree.size % EVERY == 0 or tree.size == entries:
                text = signs.sign(size=tree.size, root=tree.root, at=logs.moment(index))
                (folder / "checkpoints" / str(tree.size)).write_text(text, encoding="utf-8")
    (folder / "checkpoint").write_text(text, encoding="utf-8")
    (folder / "key").write_text(signs.verifier_key, encoding="utf-8")


def main() -> None:
    """Write, check, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    parser.add_argument("--entries", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write(folder, options.entries)
        began = time.perf_counter()
        command = [sys.executable, "tools/verify_log.py", str(folder), "--trust", str(folder / "checkpoint")]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "entries": options.entries,
        "seconds": round(seconds, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "megabytes": used.ru_maxrss // 1024,
        "entries_per_second": round(options.entries / seconds),
        "inclusion_proof_bytes": 32 * len(merkle.inclusion_spans(0, options.entries)),
    }
    print(
        json.dumps(figures) if options.json else "\n".join(f"{name:24}{value:>12}" for name, value in figures.items())
    )


if __name__ == "__main__":
    main()
