"""Control of a running mock: the HTTP interface under `/__admin`."""
