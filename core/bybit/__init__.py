"""Bybit v5: schemas, translation, streams and REST. The only place that knows ccxt."""
