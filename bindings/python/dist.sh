#!/bin/sh
# Puts the source of the C library into the source distribution, in place of the link to the
# checkout: what the bundled build reads, as it was committed, and nothing else of the repository.
set -eu
bundled=$MESON_DIST_ROOT/subprojects/libtrust
rm "$bundled"
mkdir "$bundled"
git -C "$MESON_SOURCE_ROOT/subprojects/libtrust" archive HEAD \
    COPYING meson.build meson_options.txt include lib | tar -x -C "$bundled"
