"""A registry's log as files that anybody can check without this system (tools/verify_log.py).

<folder>/<CC>/entries.ndjson      one entry per line: {"index": 0, "body": "{…}"}
<folder>/<CC>/leaves              the leaf hashes, 32 bytes each
<folder>/<CC>/holdings.json       what each account holds after the last entry, from the ledger's positions
<folder>/<CC>/checkpoint          the latest checkpoint; checkpoints/<size> those before it
<folder>/<CC>/key                 the public key
"""

import json
from pathlib import Path

from django.db import connection, transaction

from registry.log.checkpoint import signer
from registry.models import Checkpoint, LogEntry, Registry
from registry.selectors.log import log_checkpoint, log_entries

# Positions less what was recorded but not numbered yet, so that they are those of the log's last entry.
HOLDINGS = """
SELECT a.log_name, sum(held.quantity)::bigint
  FROM (
        SELECT account_id, last - first + 1 AS quantity FROM registry_creditblock
        UNION ALL
        SELECT m.to_account_id, m.first - m.last - 1 FROM registry_movement m
          JOIN registry_unsealedleaf w ON w.leaf_id = m.transaction_id
        UNION ALL
        SELECT m.from_account_id, m.last - m.first + 1 FROM registry_movement m
          JOIN registry_unsealedleaf w ON w.leaf_id = m.transaction_id
  ) held JOIN registry_account a ON a.id = held.account_id
 WHERE a.registry_id = %s AND a.kind <> 'source'
 GROUP BY a.log_name HAVING sum(held.quantity) <> 0 ORDER BY a.log_name
"""


def line(entry: LogEntry) -> str:
    """Return an entry as it stands in an export, with its line end."""
    return json.dumps({"index": entry.index, "body": entry.leaf.body}, ensure_ascii=False, separators=(",", ":")) + "\n"


@transaction.atomic
def write(registry: Registry, folder: Path, *, seed: str) -> Checkpoint | None:
    """Write a registry's log as of one moment; return its checkpoint, or None where the log is empty."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    latest = log_checkpoint(registry)
    if latest is None:
        return None
    code = registry.party.iso2
    own = folder / code
    (own / "checkpoints").mkdir(parents=True, exist_ok=True)
    with (own / "entries.ndjson").open("w", encoding="utf-8") as lines, (own / "leaves").open("wb") as leaves:
        for entry in log_entries(registry).iterator(chunk_size=5_000):
            lines.write(line(entry))
            leaves.write(bytes(entry.leaf.leaf_hash))
    for checkpoint in Checkpoint.objects.filter(registry=registry).order_by("-pk").iterator():
        (own / "checkpoints" / str(checkpoint.size)).write_text(checkpoint.text, encoding="utf-8")
    (own / "checkpoint").write_text(latest.text, encoding="utf-8")
    (own / "key").write_text(f"{signer(code, seed).verifier_key}\n", encoding="utf-8")
    (own / "holdings.json").write_text(json.dumps(_holdings(registry), indent=1) + "\n", encoding="utf-8")
    return latest


def _holdings(registry: Registry) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(HOLDINGS, [registry.pk])
        return dict(cursor.fetchall())
