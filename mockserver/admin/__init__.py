"""The admin API: the HTTP interface under `/__admin` that controls a running mock."""
