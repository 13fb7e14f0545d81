"""The live app: a local server that answers scenarios as JSON, and the page that asks.

``server.create_app`` builds it, ``serving.serve`` runs it. Everything of weight runs in worker
processes (``workers``), which hold the worlds; the server's own process only checks, queues and
passes on.
"""
