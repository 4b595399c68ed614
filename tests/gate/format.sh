#!/bin/sh
# The layout is clang-format's; nobody discusses it. Another version of it lays out differently.
. "$(dirname "$0")/../support/gate.sh"
tools clang-format
case $(clang-format --version) in
*'version 14.'*) ;;
*) skip "the layout is that of clang-format 14" ;;
esac
find include lib bindings tests examples fuzz -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror
