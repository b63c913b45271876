"""An audit of the whole ledger: set-based questions to PostgreSQL, each of which should have no answer.

It asks what the rules of sql/ledger.sql should have kept, in other words than theirs, so that a hole in a rule shows.
The numbers are those of the ledger's invariants; 10 (first transfer and corresponding adjustment) is not of this app.
"""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Check:
    """A question: each row that `sql` returns, (what, told), is a breach of the invariant."""

    invariant: int
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: of which invariant, found by which check, what it concerns and what is wrong there."""

    invariant: int
    check: str
    subject: str
    told: str


CHECKS = (
    Check(
        1,
        "blocks of a series do not overlap",
        """
        SELECT 'series ' || series_id, 'serial ' || first || ' begins before ' || before || ' ends' FROM (
            SELECT series_id, first, lag(last) OVER (PARTITION BY series_id ORDER BY first, last) AS before
              FROM registry_creditblock) block
         WHERE first <= before
        """,
    ),
    Check(
        1,
        "issued serial numbers follow each other from 1 without a gap",
        """
        SELECT 'series ' || series_id, 'serial ' || first || ' follows ' || before FROM (
            SELECT m.series_id, m.first, coalesce(lag(m.last) OVER (PARTITION BY m.series_id ORDER BY m.first), 0)
                   AS before
              FROM registry_movement m JOIN registry_transaction t ON t.id = m.transaction_id
             WHERE t.kind = 'issuance') issued
         WHERE first <> before + 1
        """,
    ),
    Check(
        2,
        "what was issued is what is held, retired and cancelled",
        """
        SELECT 'series ' || series_id, coalesce(issued, 0) || ' t issued, ' || coalesce(held, 0) || ' t recorded'
          FROM (SELECT m.series_id, sum(m.last - m.first + 1) AS issued
                  FROM registry_movement m JOIN registry_transaction t ON t.id = m.transaction_id
                 WHERE t.kind = 'issuance' GROUP BY 1) i
          FULL JOIN (SELECT series_id, sum(last - first + 1) AS held FROM registry_creditblock GROUP BY 1) h
         USING (series_id)
         WHERE issued IS DISTINCT FROM held
        """,
    ),
    Check(
        3,
        "every part of a split block keeps its issuance",
        """
        SELECT 'leg ' || leg_id, coalesce(issued, 0) || ' t issued, ' || coalesce(held, 0) || ' t in its blocks'
          FROM (SELECT t.leg_id, m.series_id, sum(m.last - m.first + 1) AS issued, min(m.first) AS low,
                       max(m.last) AS high
                  FROM registry_movement m JOIN registry_transaction t ON t.id = m.transaction_id
                 WHERE t.kind = 'issuance' GROUP BY 1, 2) i
          FULL JOIN (SELECT leg_id, series_id, sum(last - first + 1) AS held, min(first) AS low, max(last) AS high
                       FROM registry_creditblock GROUP BY 1, 2) h
         USING (leg_id, series_id)
         WHERE (issued, i.low, i.high) IS DISTINCT FROM (held, h.low, h.high)
        """,
    ),
    Check(
        4,
        "nothing leaves a retirement or cancellation account, nothing returns to the source",
        """
        SELECT 'movement ' || m.id, f.kind || ' to ' || t.kind
          FROM registry_movement m JOIN registry_account f ON f.id = m.from_account_id
          JOIN registry_account t ON t.id = m.to_account_id JOIN registry_transaction e ON e.id = m.transaction_id
         WHERE f.kind IN ('retirement', 'cancellation') OR t.kind = 'source'
            OR (f.kind = 'source') <> (e.kind = 'issuance')
            OR (t.kind = 'retirement') <> (e.kind = 'retirement')
            OR (t.kind = 'cancellation') <> (e.kind = 'cancellation')
        """,
    ),
    Check(
        5,
        "no more is notified than was verified",
        """
        SELECT 'notification ' || n.id, sum(l.notified) || ' t notified of ' || coalesce(v.verified, 0) || ' t verified'
          FROM registry_issuancenotification n JOIN registry_issuanceleg l ON l.notification_id = n.id
          JOIN projects_issuancerequest r ON r.id = n.request_id
          LEFT JOIN LATERAL (SELECT sum(y.reductions) AS verified FROM projects_yearlyresult y
                              WHERE y.report_id = r.report_id) v ON true
         GROUP BY n.id, v.verified HAVING sum(l.notified) > coalesce(v.verified, 0)
        """,
    ),
    Check(
        6,
        "the lines of a leg sum to what was notified",
        """
        SELECT 'leg ' || l.id, l.notified || ' t notified, ' || coalesce(sum(x.quantity), 0) || ' t in lines'
          FROM registry_issuanceleg l LEFT JOIN registry_legline x ON x.leg_id = l.id
         WHERE NOT l.incomplete GROUP BY l.id, l.notified HAVING coalesce(sum(x.quantity), 0) <> l.notified
        """,
    ),
    Check(
        6,
        "an issuance gives what its leg's lines say",
        """
        SELECT 'leg ' || leg_id, 'vintage ' || vintage || ': ' || coalesce(due, 0) || ' t due, ' || coalesce(given, 0)
               || ' t issued'
          FROM (SELECT x.leg_id, x.vintage, x.account_id, x.quantity::numeric AS due
                  FROM registry_legline x JOIN registry_transaction t ON t.leg_id = x.leg_id) line
          FULL JOIN (SELECT t.leg_id, s.vintage, m.to_account_id AS account_id, sum(m.last - m.first + 1) AS given
                       FROM registry_movement m JOIN registry_transaction t ON t.id = m.transaction_id
                       JOIN registry_series s ON s.id = m.series_id WHERE t.kind = 'issuance' GROUP BY 1, 2, 3) moved
         USING (leg_id, vintage, account_id)
         WHERE due IS DISTINCT FROM given
        """,
    ),
    Check(
        6,
        "the lines of a proposal are what its transaction moved",
        """
        SELECT 'proposal ' || proposal_id, 'series ' || series_id || ': ' || first || '-' || last
          FROM (SELECT l.proposal_id, l.series_id, l.first, l.last, l.from_account_id, l.to_account_id, true AS asked
                  FROM registry_proposalline l JOIN registry_transaction t ON t.proposal_id = l.proposal_id) line
          FULL JOIN (SELECT t.proposal_id, m.series_id, m.first, m.last, m.from_account_id, m.to_account_id,
                            true AS done
                       FROM registry_movement m JOIN registry_transaction t ON t.id = m.transaction_id
                      WHERE t.kind <> 'issuance') moved
         USING (proposal_id, series_id, first, last, from_account_id, to_account_id)
         WHERE asked IS NULL OR done IS NULL
        """,
    ),
    Check(
        7,
        "credits stay in the registry of their series",
        """
        SELECT 'movement ' || m.id, 'registries ' || concat_ws(', ', s.registry_id, e.registry_id, f.registry_id,
                                                                t.registry_id)
          FROM registry_movement m JOIN registry_series s ON s.id = m.series_id
          JOIN registry_transaction e ON e.id = m.transaction_id
          JOIN registry_account f ON f.id = m.from_account_id JOIN registry_account t ON t.id = m.to_account_id
         WHERE s.registry_id <> e.registry_id OR s.registry_id <> f.registry_id OR s.registry_id <> t.registry_id
        UNION ALL
        SELECT 'block ' || b.id, 'account of another registry'
          FROM registry_creditblock b JOIN registry_series s ON s.id = b.series_id
          JOIN registry_account a ON a.id = b.account_id
         WHERE a.registry_id <> s.registry_id OR a.kind = 'source'
        UNION ALL
        SELECT 'account ' || a.number, 'closed, with credits' FROM registry_account a
         WHERE a.state = 'closed' AND EXISTS (SELECT FROM registry_creditblock b WHERE b.account_id = a.id)
        """,
    ),
    Check(
        8,
        "every transaction was decided, and approved by a second person",
        """
        SELECT 'transaction ' || t.id, t.kind || ' by ' || coalesce(t.proposed_by_id::text, 'nobody') || ' and '
               || coalesce(t.approved_by_id::text, 'nobody')
          FROM registry_transaction t LEFT JOIN registry_issuanceleg l ON l.id = t.leg_id
          LEFT JOIN registry_issuancenotification n ON n.id = l.notification_id
          LEFT JOIN registry_proposal p ON p.id = t.proposal_id
         WHERE (t.source <> 'public_record'
                AND (t.proposed_by_id IS NULL OR t.approved_by_id IS NULL OR t.proposed_by_id = t.approved_by_id))
            OR (t.kind = 'issuance' AND (l.state IS DISTINCT FROM 'issued'
                OR (l.proposed_by_id, l.approved_by_id, l.source)
                   IS DISTINCT FROM (t.proposed_by_id, t.approved_by_id, t.source)
                OR t.source <> 'public_record' AND n.decision_number = ''))
            OR (t.kind <> 'issuance' AND (p.state IS DISTINCT FROM 'completed' OR p.kind <> t.kind
                OR (p.proposed_by_id, p.approved_by_id) IS DISTINCT FROM (t.proposed_by_id, t.approved_by_id)
                OR p.execute_at > t.at OR p.kind = 'correction' AND p.decision_number = ''))
        """,
    ),
    Check(
        9,
        "positions are what the movements add up to",
        # As functions of the serial number both sides are steps: they are equal where every step cancels out.
        """
        SELECT 'account ' || a.number, 'series ' || series_id || ' differs from serial ' || serial || ' on'
          FROM (
            SELECT series_id, to_account_id AS account_id, first AS serial, 1 AS step FROM registry_movement
            UNION ALL SELECT series_id, to_account_id, last + 1, -1 FROM registry_movement
            UNION ALL SELECT series_id, from_account_id, first, -1 FROM registry_movement
            UNION ALL SELECT series_id, from_account_id, last + 1, 1 FROM registry_movement
            UNION ALL SELECT series_id, account_id, first, -1 FROM registry_creditblock
            UNION ALL SELECT series_id, account_id, last + 1, 1 FROM registry_creditblock
          ) steps JOIN registry_account a ON a.id = account_id
         WHERE a.kind <> 'source' GROUP BY a.number, series_id, serial HAVING sum(step) <> 0
        """,
    ),
    Check(
        11,
        "no authorization is used beyond its terms",
        """
        SELECT 'authorization ' || a.id, sum(u.quantity) || ' t used of ' || a.quantity
          FROM registry_authorization a JOIN registry_authorizationuse u ON u.authorization_id = a.id
         GROUP BY a.id HAVING sum(u.quantity) > a.quantity OR a.confirmed_at IS NULL
             OR min(u.vintage) < a.vintage_from OR max(u.vintage) > a.vintage_to
        """,
    ),
    Check(
        11,
        "what an acquiring Party issues of vintages that need it, both Parties authorized",
        """
        SELECT 'leg ' || l.id, 'vintage ' || x.vintage || ': ' || coalesce(used, 0) || ' of ' || x.due || ' t by '
               || party.id
          FROM registry_issuanceleg l JOIN registry_registry r ON r.id = l.registry_id
          JOIN (SELECT leg_id, vintage, sum(quantity) AS due FROM registry_legline GROUP BY 1, 2) x ON x.leg_id = l.id
          JOIN registry_issuancenotification n ON n.id = l.notification_id
          JOIN projects_project p ON p.id = n.project_id JOIN parties_partnership k ON k.id = p.partnership_id
          JOIN parties_country party ON party.id IN (k.acquirer_id, k.host_id)
          LEFT JOIN LATERAL (
                SELECT sum(u.quantity) AS used
                  FROM registry_authorizationuse u JOIN registry_authorization a ON a.id = u.authorization_id
                 WHERE u.leg_id = l.id AND u.vintage = x.vintage AND a.party_id = party.id
                   AND a.confirmed_at IS NOT NULL) u ON true
         WHERE l.state = 'issued' AND (l.source <> 'public_record' OR l.proposed_by_id IS NOT NULL)
           AND k.acquirer_id = r.party_id AND x.vintage >= k.authorization_from_vintage AND used IS DISTINCT FROM x.due
        """,
    ),
    Check(
        12,
        "every transaction is a leaf of the log, word for word",
        """
        SELECT 'transaction ' || t.id, CASE WHEN f.transaction_id IS NULL THEN 'no leaf' ELSE 'another text' END
          FROM registry_transaction t LEFT JOIN registry_logleaf f ON f.transaction_id = t.id
         WHERE f.body IS DISTINCT FROM registry_leaf_body(t) OR f.registry_id <> t.registry_id
            OR f.leaf_hash IS DISTINCT FROM sha256('\\x00'::bytea || convert_to(f.body, 'UTF8'))
        """,
    ),
    Check(
        12,
        "the log is numbered without a gap, and every leaf is in it or waits",
        """
        SELECT 'registry ' || registry_id, count(*) || ' entries, the last is ' || max(index) FROM registry_logentry
         GROUP BY registry_id HAVING count(*) <> max(index) + 1
        UNION ALL
        SELECT 'transaction ' || f.transaction_id, 'its leaf neither waits nor is sealed, or both'
          FROM registry_logleaf f LEFT JOIN registry_logentry e ON e.leaf_id = f.transaction_id
          LEFT JOIN registry_unsealedleaf w ON w.leaf_id = f.transaction_id
         WHERE (e.leaf_id IS NULL) = (w.leaf_id IS NULL)
        """,
    ),
    Check(
        13,
        "each cause and each key has one effect",
        """
        SELECT 'leg ' || leg_id, count(*) || ' transactions' FROM registry_transaction
         WHERE leg_id IS NOT NULL GROUP BY leg_id HAVING count(*) > 1
        UNION ALL
        SELECT 'proposal ' || proposal_id, count(*) || ' transactions' FROM registry_transaction
         WHERE proposal_id IS NOT NULL GROUP BY proposal_id HAVING count(*) > 1
        UNION ALL
        SELECT 'key ' || idempotency_key, count(*) || ' transactions' FROM registry_transaction
         GROUP BY idempotency_key HAVING count(*) > 1
        UNION ALL
        SELECT subject_type || ' ' || subject_id, count(*) || ' events ' || name FROM core_event
         WHERE name IN ('credits.issued', 'credits.moved') GROUP BY name, subject_type, subject_id HAVING count(*) > 1
        """,
    ),
    Check(
        13,
        "what is called done has its transaction",
        """
        SELECT 'proposal ' || p.id, 'completed without a transaction' FROM registry_proposal p
         WHERE p.state = 'completed' AND NOT EXISTS (SELECT FROM registry_transaction t WHERE t.proposal_id = p.id)
        UNION ALL
        SELECT 'leg ' || l.id, 'issued without a transaction' FROM registry_issuanceleg l
         WHERE l.state = 'issued' AND NOT l.incomplete
           AND NOT EXISTS (SELECT FROM registry_transaction t WHERE t.leg_id = l.id)
        """,
    ),
    Check(
        13,
        "credits are reserved once, and exactly while their proposal is open",
        """
        SELECT 'proposal ' || l.proposal_id, l.first || '-' || l.last || ' while ' || p.state
          FROM registry_proposalline l JOIN registry_proposal p ON p.id = l.proposal_id
         WHERE l.reserved <> (p.state IN ('proposed', 'approved', 'executing'))
        UNION ALL
        SELECT 'series ' || series_id, 'serial ' || first || ' is reserved twice' FROM (
            SELECT series_id, first, lag(last) OVER (PARTITION BY series_id ORDER BY first, last) AS before
              FROM registry_proposalline WHERE reserved) line
         WHERE first <= before
        """,
    ),
    Check(
        14,
        "frozen credits do not move",
        # Whoever freezes waits for transactions under way, whose time may be a little later than the freeze's.
        """
        SELECT 'transaction ' || t.id, 'during freeze ' || f.id
          FROM registry_freeze f JOIN registry_transaction t ON t.registry_id = f.registry_id
           AND t.at > f.frozen_at + interval '1 minute' AND (f.lifted_at IS NULL OR t.at < f.lifted_at)
         WHERE EXISTS (SELECT FROM registry_movement m WHERE m.transaction_id = t.id AND (
                   f.account_id IN (m.from_account_id, m.to_account_id)
                   OR f.account_id IS NULL AND f.series_id IS NULL
                   OR f.series_id = m.series_id AND f.first <= m.last AND f.last >= m.first))
        """,
    ),
)


def question() -> tuple[str, list[int | str]]:
    """Return all questions as one statement with its values, so that they are about one moment."""
    asked = " UNION ALL ".join(
        f"SELECT %s::int, %s::text, found.* FROM ({check.sql}) AS found"  # noqa: S608 - our own text, see CHECKS
        for check in CHECKS
    )
    return asked, [value for check in CHECKS for value in (check.invariant, check.name)]


def audit() -> list[Finding]:
    """Ask every question and return what was found: nothing, when the ledger is whole."""
    with connection.cursor() as cursor:
        cursor.execute(*question())
        return [Finding(*row) for row in cursor.fetchall()]
