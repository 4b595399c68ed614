#!/bin/sh
# Every public header stands alone: included first and twice, as C99 and as C++11, without a warning
# and without padding; and what its comments say of parameters is true (clang).
. "$(dirname "$0")/../support/gate.sh"
tools c++
make_scratch
everyday_build

c='-std=c99 -fsyntax-only -Wall -Wextra -Wpedantic -Wpadded -Wundef -Wstrict-prototypes -Werror'
cxx='-std=c++11 -x c++ -fsyntax-only -Wall -Wextra -Wpedantic -Wpadded -Wundef -Werror'
failed=0
seen=0
for header in include/trust/*.h build/include/trust/version.h; do
    name=trust/$(basename "$header")
    printf '#include <%s>\n#include <%s>\nint stands_alone(void);\n' "$name" "$name" >"$scratch/alone.c"
    seen=$((seen + 1))
    # The flags are words.
    # shellcheck disable=SC2086
    {
        ${CC:-cc} $c -Iinclude -Ibuild/include "$scratch/alone.c" || failed=1
        c++ $cxx -Iinclude -Ibuild/include "$scratch/alone.c" || failed=1
        ! command -v clang >/dev/null ||
            clang $c -Wdocumentation -Iinclude -Ibuild/include "$scratch/alone.c" || failed=1
    }
done
echo "$seen headers"
exit $failed
