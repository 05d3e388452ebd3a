"""Errors of forms are plain text, beside the field and at the top."""

from typing import Any

from commons.i18n import lazy_gettext as _l
from commons.web.forms import Form


def test_a_services_sentence_stands_beside_its_field(app: Any) -> None:
    from wtforms import StringField

    class Naming(Form):
        name = StringField("Name")

    with app.test_request_context("/", method="POST"):
        form = Naming()
        form.refuse({"name": _l("Enter a name.")})
        assert form.name.errors == ["Enter a name."]
        form.refuse({}, _l("Try again."))
        assert form.form_errors == ["Try again."]
