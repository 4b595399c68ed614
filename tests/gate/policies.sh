#!/bin/sh
# Nothing in a reference policy can be moved without failing one of its own tests (policies.py).
. "$(dirname "$0")/../support/gate.sh"
everyday_build
python3 tests/gate/policies.py "$@"
