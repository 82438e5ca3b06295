"""Gives schemathesis the anti-forgery token of a real browser, so that what it sends is looked at and not only refused.

A token that was made up to be malformed is left as it is."""

import os
import re

import schemathesis

TOKEN = os.environ["HALLPASS_CSRF_TOKEN"]


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    if isinstance(body, dict) and re.fullmatch("[0-9a-f]{64}", str(body.get("csrfToken"))):
        body["csrfToken"] = TOKEN
