"""Any number of public records of every kind, loaded as a folder of record files."""

from tests.factories.public_records import HOST_SIDE, Folder


def load(folder: Folder, first: int, last: int) -> None:
    """Load records numbered from `first` to `last`: entities, methodologies, projects, decisions, issuances."""
    numbers = range(first, last + 1)
    folder.write("tpes", *({"number": f"TPE-MN-{n}", "name": f"Invented Verification {n}"} for n in numbers))
    folder.write("methodologies", *({"number": f"MN_AM{n}", "title": f"Invented way {n}"} for n in numbers))
    folder.write("pins", *({"pin_no": f"MN_PIN{n}", "title": f"Invented idea {n}"} for n in numbers))
    folder.write(
        "projects",
        *(
            {
                "reference_no": f"MN{n}",
                "title": f"Invented plant {n}",
                "methodologies": f"MN_AM{n}@1.0",
                "host_participants": f"Invented Heat {n}; Invented Light {n}",
            }
            for n in numbers
        ),
    )
    folder.write(
        "jc_decisions",
        *(
            {
                "decision_date": f"2020-{n % 12 + 1:02}-{n % 28 + 1:02}",
                "decision_type": "project_registration",
                "subject": f"MN{n}",
            }
            for n in numbers
        ),
    )
    sides: tuple[dict[str, str], ...] = ({}, HOST_SIDE)
    folder.write("issuances", *({"reference_no": f"MN{n}", **side} for n in numbers for side in sides))
    report = folder.load()
    assert report["exit"] == 0, report
