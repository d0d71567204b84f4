"""What local.cancel is to an application: the table "Members of portway.Cancel"."""

import asyncio
import contextlib
import contextvars
import io
import unittest

from portway import Cancel, Closed


class CancelMembers(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.cancel = Cancel()
        self.closed = Closed("peer_reset", 8)

    async def test_python_cancel__before_the_signal(self) -> None:
        self.assertFalse(self.cancel.is_set())
        self.assertIsNone(self.cancel.reason)

    async def test_python_cancel__is_set_with_its_reason(self) -> None:
        self.cancel._signal(self.closed)
        self.assertTrue(self.cancel.is_set())
        self.assertIs(self.cancel.reason, self.closed)
        self.assertIs(await self.cancel.wait(), self.closed)

    async def test_cancel_once__the_first_reason_stays(self) -> None:
        calls: list = []
        self.cancel.add_callback(calls.append)
        self.cancel._signal(self.closed)
        self.cancel._signal(Closed("shutdown"))
        await turn()
        self.assertEqual(calls, [self.closed])
        self.assertIs(self.cancel.reason, self.closed)

    async def test_python_cancel__many_wait_and_one_is_cancelled(self) -> None:
        tasks = [asyncio.ensure_future(self.cancel.wait()) for _ in range(3)]
        await turn()
        tasks[1].cancel()
        await turn()
        self.cancel._signal(self.closed)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        self.assertIs(results[0], self.closed)
        self.assertIsInstance(results[1], asyncio.CancelledError)
        self.assertIs(results[2], self.closed)

    async def test_python_cancel__a_wait_that_was_given_up_leaves_nothing(self) -> None:
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(self.cancel.wait(), 0)
        self.assertFalse(self.cancel._added)

    async def test_python_cancel__callbacks_in_order_in_a_later_turn(self) -> None:
        calls: list = []
        for number in range(3):
            self.cancel.add_callback(lambda reason, n=number: calls.append((n, reason)))
        self.cancel._signal(self.closed)
        self.cancel.add_callback(lambda reason: calls.append((3, reason)))
        self.assertEqual(calls, [])
        await turn()
        self.assertEqual(calls, [(number, self.closed) for number in range(4)])

    async def test_python_cancel__never_inside_of_add_callback(self) -> None:
        calls: list = []

        def first(reason: Closed) -> None:
            self.cancel.add_callback(lambda _: calls.append("second"))
            calls.append("first")

        self.cancel.add_callback(first)
        self.cancel._signal(self.closed)
        await turn()
        await turn()
        self.assertEqual(calls, ["first", "second"])

    async def test_python_cancel__taken_back(self) -> None:
        for signal_first in (False, True):
            cancel, calls = Cancel(), []
            if signal_first:
                cancel._signal(self.closed)
            remove = cancel.add_callback(calls.append)
            remove()
            remove()
            cancel._signal(self.closed)
            await turn()
            self.assertEqual(calls, [])

    async def test_python_cancel__taken_back_between_signal_and_call(self) -> None:
        calls: list = []
        remove = self.cancel.add_callback(calls.append)
        self.cancel._signal(self.closed)
        remove()
        await turn()
        self.assertEqual(calls, [])

    async def test_python_cancel__a_failing_callback_is_reported_and_the_others_run(self) -> None:
        calls: list = []

        def fails(reason: Closed) -> None:
            raise ValueError("of this callback")

        self.cancel.add_callback(fails)
        self.cancel.add_callback(calls.append)
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            self.cancel._signal(self.closed)
            await turn()
        self.assertEqual(calls, [self.closed])
        self.assertIn("ValueError: of this callback", errors.getvalue())
        self.assertIn("in fails", errors.getvalue())

    async def test_callbacks_run_in_the_context_of_whoever_added_them(self) -> None:
        name: contextvars.ContextVar = contextvars.ContextVar("name")
        seen: list = []
        name.set("mine")
        self.cancel.add_callback(lambda _: seen.append(name.get()))
        contextvars.copy_context().run(name.set, "theirs")
        name.set("later")
        self.cancel._signal(self.closed)
        await turn()
        self.assertEqual(seen, ["mine"])


def turn() -> "asyncio.Future[None]":
    """One turn of the loop, in which all that was due runs."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, None)
    return future
