"""The process that all runs are forked from: orders come in on lines, reports go out on lines.

By hand: `python -m tests.crash.points broadcast 17+4` runs one again and prints what it found.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import sys

from argon2 import PasswordHasher

from commons.accounts import passwords
from tests.crash.points.campaign import Campaign
from tests.crash.points.scenarios import scenarios


def main(argv: list[str]) -> None:
    logging.disable(logging.CRITICAL)
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    scenarios()
    if argv:
        campaign = Campaign("sqlcipher")
        report = campaign.run(argv[0], only=argv[1] if len(argv) > 1 else "")
        print(json.dumps(dataclasses.asdict(report), indent=2))
        campaign.close()
        return
    campaign = Campaign(**json.loads(sys.stdin.readline()))
    try:
        for line in sys.stdin:
            report = campaign.run(**json.loads(line))
            print(json.dumps(dataclasses.asdict(report)), flush=True)
    finally:
        campaign.close()


if __name__ == "__main__":
    main(sys.argv[1:])
