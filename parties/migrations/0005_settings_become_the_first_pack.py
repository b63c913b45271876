import json
from pathlib import Path

from django.db import migrations

CHECKLISTS = Path(__file__).resolve().parent.parent / "data" / "checklists.json"
COMPLETENESS = (
    "pm_completeness_days", "reg_completeness_days", "iss_completeness_days", "prc_completeness_days",
    "renewal_completeness_days", "tpe_application_completeness_days",
)


def copy(apps, _schema_editor):
    """Every partnership's settings become its first rule pack, in force since it was signed."""
    pack_model = apps.get_model("parties", "RulePack")
    item_model = apps.get_model("parties", "ChecklistItem")
    checklists = json.loads(CHECKLISTS.read_text(encoding="utf-8"))
    for partnership in apps.get_model("parties", "Partnership").objects.select_related("host"):
        recent = partnership.signed_on.year >= 2022
        pack = pack_model.objects.create(
            partnership=partnership,
            version=1,
            number=f"JCM_{partnership.host.iso2}_RP_ver01.0",
            effective_from=partnership.signed_on,
            adopted_on=partnership.signed_on,
            status="adopted",
            time_zone=partnership.decision_time_zone,
            electronic_decision_days=partnership.electronic_decision_days,
            generation="paris_aligned" if recent else "classic",
            allocation="registration" if recent else "request",
            **dict.fromkeys(COMPLETENESS, partnership.completeness_days),
        )
        item_model.objects.bulk_create(
            item_model(pack=pack, kind=kind, order=order, code=code, text_en=english, text_ja=japanese)
            for kind, rows in checklists.items()
            for order, (code, english, japanese) in enumerate(rows, 1)
        )


def copy_back(apps, _schema_editor):
    """The newest adopted pack becomes the settings again."""
    for pack in apps.get_model("parties", "RulePack").objects.filter(status="adopted").order_by("effective_from"):
        apps.get_model("parties", "Partnership").objects.filter(pk=pack.partnership_id).update(
            decision_time_zone=pack.time_zone,
            electronic_decision_days=pack.electronic_decision_days,
            completeness_days=pack.reg_completeness_days,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0004_rule_packs_and_cases'),
    ]

    operations = [
        migrations.RunPython(copy, copy_back),
    ]
