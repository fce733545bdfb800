#!/bin/sh
# Stands in for a foreign system's C compiler and archiver where nothing is linked: writes an empty file where an object or
# an archive is asked for. `-E` is how build scripts find out what kind of compiler they have.
output= previous=
for argument in "$@"; do
    [ "$argument" = -E ] && exec cc -E -x c /dev/null
    [ "$previous" = -o ] && output=$argument
    previous=$argument
done
[ -z "$output" ] || : > "$output"
