"""A telephone exchange in a box: stands in for the carrier, so that a support line runs and is judged without one.

It executes TwiML, signs and posts webhooks, answers the REST operations and plays callers and agents from scripts.
It is written from the carrier's documentation and imports nothing else of this project: it is there to catch mistakes.
"""
