"""The gateway's routes for Signal groups, with the traps of its contract, section 4.1."""

from __future__ import annotations

from typing import Any

from .answers import Answer, as_json, cli_error, error
from .desk import PREFIX, Desk
from .orders import BadOrderError, external_id, internal_id
from .phones import Failure, Group, Phone
from .routing import Request, Routes

GROUP: dict[str, Any] = {
    "name": str,
    "description": str,
    "members": (list, str),
    "permissions": dict,
    "group_link": str,
    "expiration_time": int,
}
PEOPLE: dict[str, Any] = {"members": (list, str), "admins": (list, str)}
LINKS = ("", "enabled", "enabled-with-approval", "disabled")
PERMISSIONS = {
    "add_members": "Invalid add members permission",
    "edit_group": "Invalid edit group permissions",
    "send_messages": "Invalid send messages permissions",
}
ONLY = " provided - only 'every-member' and 'only-admins' allowed!"


class Groups(Desk):
    """Making, changing, leaving and listing groups."""

    def register(self, routes: Routes) -> None:
        """Add the routes."""
        one = "/v1/groups/{number}/{group}"
        routes.add("GET", "/v1/groups/{number}", self.list_all)
        routes.add("POST", "/v1/groups/{number}", self.bound(GROUP, self.create))
        routes.add("GET", one, self.show)
        routes.add("PUT", one, self.bound(GROUP, self.update))
        routes.add("DELETE", one, self.quit)
        for act in ("join", "quit", "block"):
            routes.add("POST", f"{one}/{act}", self.act)
        for method in ("POST", "DELETE"):
            routes.add(method, one + "/members", self.bound(PEOPLE, self.change_members))
            routes.add(method, one + "/admins", self.bound(PEOPLE, self.change_members))

    def list_all(self, request: Request) -> Answer:
        """Every group of the account."""
        if gone := self.gone(request):
            return cli_error(gone, self.state.settings)
        return as_json(200, [self._shown(g, request) for g in self.state.groups.values()])

    def show(self, request: Request) -> Answer:
        """One group; an unknown one is `null` with 200."""
        if gone := self.gone(request):
            return cli_error(gone, self.state.settings)
        group = self._group(request)
        return as_json(200, self._shown(group, request) if group else None)

    def create(self, request: Request, values: dict[str, Any]) -> Answer:
        """Make a group with the account as its admin."""
        if wrong := _wrong(values):
            return error(wrong)
        if gone := self.gone(request):
            return cli_error(gone, self.state.settings)
        group = Group(self.state.group_id())
        with self.state.lock:
            for reference in values.get("members", []):
                phone = self._registered(reference)
                if phone is None:
                    return cli_error(
                        f"The user {reference} is not registered.", self.state.settings
                    )
                _admit(group, phone)
            _apply(group, values)
            self.state.groups[group.internal_id] = group
            self.state.keep("group", group.internal_id, group)
        return as_json(201, {"id": external_id(group.internal_id)})

    def update(self, request: Request, values: dict[str, Any]) -> Answer:
        """Change a group; in json-rpc mode 204 even when signal-cli refuses."""
        settings = self.state.settings
        try:
            found = internal_id(request.names["group"])
        except BadOrderError:
            found = ""
        if not found:
            return error("Invalid group id")
        if wrong := _wrong(values):
            return error(wrong)
        group = self.state.groups.get(found)
        refusal = self.gone(request) or ("" if group else f"Group not found: {found}")
        if group and not group.account_member:
            refusal = f"User is not a member in group: {group.name} ({found})"
        if refusal:
            return Answer(204) if settings.json_rpc else cli_error(refusal, settings)
        if group:
            with self.state.lock:
                _apply(group, values)
                self.state.keep("group", found, group)
        return Answer(204)

    def change_members(self, request: Request, values: dict[str, Any]) -> Answer:
        """Add or remove members or admins, as the method and the path's end say."""
        kind, adding = request.path.rpartition("/")[2], request.method == "POST"
        references = values.get(kind, [])
        if adding and not references:
            return error(f"{PREFIX}group {kind} missing")
        group = self._group(request)
        if group is None:
            name = request.names["group"]
            return error(f"No group with that group id ({name}) found", 404)
        with self.state.lock:
            for reference in references:
                phone = self._registered(reference)
                if phone is None:
                    return cli_error(
                        f"The user {reference} is not registered.", self.state.settings
                    )
                if adding and kind == "members":
                    _admit(group, phone)
                elif adding:
                    group.admins.append(phone.uuid)
                else:
                    _remove(group, phone, kind)
            self.state.keep("group", group.internal_id, group)
        return Answer(204)

    def quit(self, request: Request) -> Answer:
        """Leave a group; DELETE answers 200 and destroys nothing."""
        if group := self._group(request):
            group.account_member = False
        return Answer(200)

    def act(self, request: Request) -> Answer:
        """Join, leave or block."""
        group = self._group(request)
        if group is None:
            name = request.names["group"]
            return cli_error(f"Group not found: {name}", self.state.settings)
        act = request.path.rpartition("/")[2]
        if act == "block":
            group.blocked = True
        else:
            group.account_member = act == "join"
        return Answer(204)

    def _group(self, request: Request) -> Group | None:
        try:
            return self.state.groups.get(internal_id(request.names["group"]))
        except BadOrderError:
            return None

    def _registered(self, reference: str) -> Phone | None:
        phone = self.state.find_or_make(reference)
        registered = phone is not None and phone.plan.mode is not Failure.UNREGISTERED
        return phone if registered else None

    def _shown(self, group: Group, request: Request) -> dict[str, Any]:
        expand = request.one("expand") == "true"
        account = request.names["number"]
        me = [(account, self.state.account_uuid(account))]

        def people(keys: list[str], *, with_me: bool) -> list[Any]:
            phones = [self.state.phones[key] for key in keys if key in self.state.phones]
            pairs = (me if with_me else []) + [(p.shown_number or "", p.uuid) for p in phones]
            if expand:
                return [{"number": number, "uuid": uuid} for number, uuid in pairs]
            return [number or uuid for number, uuid in pairs]

        shown = {
            "name": group.name,
            "description": group.description,
            "id": external_id(group.internal_id),
            "internal_id": group.internal_id,
            "members": people(group.members, with_me=group.account_member),
            "blocked": group.blocked,
            "member": group.account_member,
            "pending_invites": people(group.pending, with_me=False),
            "pending_requests": [],
            "invite_link": group.link,
            "admins": people(group.admins, with_me=group.account_admin),
            # Their bug: edit_group is copied from send_messages.
            "permissions": {
                "add_members": group.add_members,
                "edit_group": group.send_messages,
                "send_messages": group.send_messages,
            },
        }
        if not self.state.settings.head:
            del shown["member"]
        return shown


def _wrong(values: dict[str, Any]) -> str:
    for name, words in PERMISSIONS.items():
        if values.get("permissions", {}).get(name, "") not in {"", "every-member", "only-admins"}:
            return words + ONLY
    if values.get("group_link", "") not in LINKS:
        return (
            "Invalid group link provided - only 'enabled', 'enabled-with-approval' and"
            " 'disabled' allowed!"
        )
    return ""


def _apply(group: Group, values: dict[str, Any]) -> None:
    group.name = values.get("name") or group.name
    group.description = values.get("description") or group.description
    for name in PERMISSIONS:
        setattr(group, name, values.get("permissions", {}).get(name) or getattr(group, name))
    # 0 is dropped on the way, so that a timer cannot be switched off.
    group.expires_in = values.get("expiration_time") or group.expires_in
    if link := values.get("group_link"):
        group.link = "" if link == "disabled" else "https://signal.group/#simulated"


def _admit(group: Group, phone: Phone) -> None:
    room = group.members if phone.profile_shared else group.pending
    if phone.uuid not in room:
        room.append(phone.uuid)


def _remove(group: Group, phone: Phone, kind: str) -> None:
    rooms = [group.admins] if kind == "admins" else [group.members, group.pending, group.admins]
    for room in rooms:
        if phone.uuid in room:
            room.remove(phone.uuid)
