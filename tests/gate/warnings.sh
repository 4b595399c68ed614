#!/bin/sh
# Every warning of meson.build is an error under gcc and clang, with and without optimisation.
. "$(dirname "$0")/../support/gate.sh"
tools gcc clang
CC=gcc configure build/also/gcc -Dwerror=true --buildtype=release
compile build/also/gcc
CC=clang configure build/also/clang -Dwerror=true --buildtype=debug
compile build/also/clang
echo "gcc and clang are silent"
