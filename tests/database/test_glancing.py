"""A glance at the database begins nothing and leaves nothing behind on the connection."""

from sqlalchemy import event, text


def test_a_glance_sends_its_one_statement_alone(database):
    seen = []
    event.listen(database.engine, "before_cursor_execute", lambda *sent: seen.append(sent[2]))

    with database.glancing() as connection:
        glanced = connection.exec_driver_sql("SELECT 1").scalar()

    assert (glanced, seen) == (1, ["SELECT 1"])


def test_what_is_rolled_back_after_a_glance_is_gone(database):
    with database.glancing() as connection:
        connection.exec_driver_sql("SELECT 1")

    with database.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text("INSERT INTO district (slug, name) VALUES ('a', 'A')"))
        connection.rollback()

    with database.glancing() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM district").scalar() == 0
