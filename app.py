"""The composition root: settings, database, commons, the halves; it does nothing else.

`compose` ties what every process needs, without Flask; `create_app` puts the web around it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

# Before whatever imports Peewee.
import commons.drivers

# For what it does when somebody leaves a roster, in the relay as well.
import commons.roster.trust.service  # noqa: F401
from commons import collector, crypto, database, i18n, installation, logs, migration
from commons.accounts import freezing, who
from commons.accounts.by_signal.flow import lock_flow, sign_in_flow
from commons.accounts.own_data import erasing, gathering
from commons.accounts.own_data.flow import my_data_flow
from commons.errors import ConfigurationError, DomainError
from commons.messaging import answer_links, doorbell, invitations
from commons.messaging import words as relay_words
from commons.messaging.conversations.engine import Engine
from commons.messaging.conversations.help import help_flow
from commons.messaging.conversations.joining import joining_flow
from commons.messaging.conversations.language import language_flow
from commons.messaging.conversations.person import person_flow
from commons.messaging.jobs import Job
from commons.messaging.timers import Act
from commons.retention import purge
from commons.settings import Settings, environment
from commons.sites import directory
from rapidresponse.alerts import deadlines, watches
from rapidresponse.alerts import deciding as alert_deciding
from rapidresponse.alerts import endings as alert_endings
from rapidresponse.alerts import own_data as alert_own_data
from rapidresponse.alerts import replies as alert_replies
from rapidresponse.alerts import unanswered as alert_unanswered
from rapidresponse.alerts.approvals import TIMER as ALERT_UNANSWERED
from rapidresponse.alerts.settings import use as use_alert_settings
from rapidresponse.alerts.texts import relay_phrases

if TYPE_CHECKING:
    from flask import Flask

HOUR = 3600
# Where two conversations begin with the same words, the first has them.
FLOWS = (
    joining_flow(),
    sign_in_flow(),
    lock_flow(),
    language_flow(),
    help_flow(),
    person_flow(),
    my_data_flow(),
)
ENGINE = Engine(FLOWS)
# What a reply may mean, asked in this order; the first that answers has it. An open question
# takes its number before an alert does, and is asked again only when nobody makes sense of words.
REPLY_HANDLERS = (
    freezing.reply,
    alert_deciding.decide,
    ENGINE.handle,
    invitations.answering(forget=erasing.erase_unwilling),
    alert_replies.acknowledge,
    ENGINE.ask_again,
)
JOBS = (
    Job("invitations.tell", 30, invitations.telling(who.role_at)),
    Job("own-data.finish-erasing", 10, erasing.finish),
    Job("alerts.erase-ended", HOUR, alert_endings.erase_ended),
    Job("retention.purge", 6 * HOUR, purge),
)
# What is due at an instant, by kind; whoever sets a timer of a kind has its act here.
TIMERS: dict[str, Act] = {
    **deadlines.ACTS,
    **watches.ACTS,
    ALERT_UNANSWERED: alert_unanswered.act,
}


def compose(settings: Settings, *, bind: bool = True) -> None:
    """Tie keys, database and messaging together; refuse to go on with what cannot work."""
    crypto.use(settings.keys)
    i18n.compile_catalogs()
    doorbell.use(settings.doorbell)
    directory.use(settings.data)
    gathering.use(alert_own_data.SOURCES, public_url=settings.public_url)
    answer_links.use(settings.public_url)
    use_alert_settings(demonstration=settings.demonstration)
    relay_words.use(None if settings.demonstration else relay_phrases.reviewed)
    if bind:
        logs.set_up(settings.log_level)
        database.open_database(settings)
        database.assert_fit()
        pending = migration.pending()
        if not pending:
            installation.check_key(settings)
            installation.check_demonstration(settings)


def create_app(settings: Settings | None = None, *, bind: bool = True) -> Flask:
    """Return the web application; `bind=False` leaves the database to the caller."""
    with collector.uncollected():
        return _created(settings, bind)


def _created(settings: Settings | None, bind: bool) -> Flask:
    from flask import Flask

    from commons import cli, permissions, web
    from commons.accounts import guards

    settings = settings or Settings.from_environment(environment(os.environ))
    compose(settings, bind=bind)
    app = Flask(__name__, static_folder="commons/static", template_folder="templates")
    app.extensions["settings"] = settings
    app.url_rule_class = web.LateRule
    hooks = web.Hooks(guards.current_actor, guards.visitor, guards.language, guards.theme)
    web.install(app, settings, hooks)
    guards.install(app)
    _register(app)
    cli.register(app.cli)
    permissions.check_routes(rule.endpoint for rule in app.url_map.iter_rules())
    if bind:
        collector.keep()
    return app


def _register(app: Any) -> None:
    import rapidresponse
    from commons.accounts import held_people, home, roster_rows, waiting
    from commons.accounts import routes as accounts
    from commons.accounts.by_signal import routes as by_signal
    from commons.accounts.off_boarding import routes as off_boarding
    from commons.accounts.own_data import routes as own_data
    from commons.accounts.setting_up import routes as set_up
    from commons.accounts.staff import routes as staff
    from commons.accounts.staff import rows as staff_rows
    from commons.messaging import routes as messaging
    from commons.roster import routes as roster
    from commons.roster.exports import routes as exports
    from commons.roster.joining import routes as joining
    from commons.roster.looks import routes as looks
    from commons.roster.roles import routes as roles
    from commons.roster.trust import routes as trust
    from commons.sites import routes as sites
    from commons.sites.describing import routes as describing
    from commons.sites.timetable import routes as timetable
    from commons.web import health, privacy
    from rapidresponse.alerts import rows
    from rapidresponse.alerts.texts import rows as text_rows

    for module in (health, privacy, accounts, set_up, sites, roster):
        app.register_blueprint(module.blueprint)
    for blueprint in messaging.blueprints:
        app.register_blueprint(blueprint)
    rapidresponse.install(app)
    # In this order their links stand on the pages of others.
    for room in (joining, roles, looks, exports, trust, describing, timetable):
        room.install(app)
    for room in (by_signal, staff, off_boarding, own_data):
        room.install(app)
    needing = (rows, roster_rows, waiting, held_people, staff_rows, text_rows)
    home.install(app, [module.needing_me for module in needing])


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; the relay starts without loading the web."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given[:1] == ["relay"] and "--help" not in given:
            # Here, so that the web does not load the gateway's client.
            from commons.messaging import command as relay_command

            settings = Settings.from_environment(environment(os.environ))
            compose(settings)
            sys.exit(
                relay_command.main(
                    settings, REPLY_HANDLERS, JOBS, given[1:], ENGINE.may_begin, TIMERS
                )
            )
        from commons import cli

        cli.main(create_app, given)
    except (ConfigurationError, DomainError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
