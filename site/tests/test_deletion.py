"""An account goes while its other tab, and somebody in the same list, go on writing; on PostgreSQL with threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections

from django_todos.models import TodoList

from .base import PASSWORD, SecureClient


@pytest.mark.django_db(transaction=True)
def test_an_account_is_deleted_while_its_other_tab_writes(alice, bob):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    shared = TodoList.objects.create_for(alice, name="Flat")
    shared.add_member(bob, "editor")
    place = str(shared.uuid)
    tabs = [SecureClient(raise_request_exception=False) for _tab in range(5)]
    for number, tab in enumerate(tabs):
        tab.force_login(bob if number == 4 else alice)
    tabs[0].post("/accounts/reauthenticate/", {"password": PASSWORD})
    ready = Barrier(len(tabs))
    acts = {
        1: ("/todos/new/", {"text": "Buy milk @alice", "list": place}),
        2: ("/lists/new/", {"name": "Trip", "color": "red"}),
        3: ("/preferences/", {"section": "keyboard", "shortcuts": "on"}),
        4: ("/todos/new/", {"text": "Dig @alice", "list": place}),
    }

    def act(number: int) -> list[int]:
        try:
            ready.wait(timeout=20)
            if number == 0:
                return [tabs[0].post("/accounts/delete/").status_code]
            return [tabs[number].post(*acts[number]).status_code for _again in range(6)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tabs)) as pool:
        answers = list(pool.map(act, range(len(tabs))))
    assert answers[0] == [302] and not User.objects.filter(pk=alice.pk).exists()
    assert [code for some in answers for code in some if code >= 500] == [], answers
    assert [(one.user, one.role) for one in shared.memberships.all()] == [(bob, "owner")]
    assert not TodoList.objects.filter(memberships=None).exists()
