from dashboard.store.holders import gone, own_name


def changed(part: int, value: str) -> str:
    host, pid, rest = own_name().rsplit(":", 2)
    parts = rest.split(".")
    parts[part] = value
    return f"{host}:{pid}:{'.'.join(parts)}"


def test_who_lives_is_not_gone() -> None:
    assert not gone(own_name())


def test_a_number_that_another_process_has_by_now_is_not_its_old_owner() -> None:
    assert gone(changed(1, "1"))


def test_of_another_machine_nothing_is_known() -> None:
    assert not gone(changed(0, "0000-4026531836"))
    assert not gone("other:1:2f6a9c11"), "nor of a program of the version before"
