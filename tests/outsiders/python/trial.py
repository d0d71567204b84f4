"""Runs the functions of a module that are named, and prints what each returns, or how it failed, as JSON."""

import asyncio
import inspect
import json
import sys
import traceback


def main(trials):
    """Arguments: URL of the gateway, certificate of its authority. Each trial is called with both."""
    url, authority = sys.argv[1:]
    results = {}
    for trial in trials:
        try:
            result = trial(url, authority)
            if inspect.isawaitable(result):
                result = asyncio.run(asyncio.wait_for(result, 30))
        except Exception:
            result = {"failed": traceback.format_exc().splitlines()[-3:]}
        results[trial.__name__] = result
    print(json.dumps(results))
