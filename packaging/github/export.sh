#!/bin/sh
# Hands the secrets of a domain to the later steps of a GitHub job. Every line of every value is
# masked before the first value is written anywhere. Run by action.yml, which sets the variables.
set -eu

if [ "${1:-}" != --inside ]; then
	set -- exec --non-interactive --file "$PPROTECT_ACTION_FILE" --domain "$PPROTECT_ACTION_DOMAIN"
	[ "$PPROTECT_ACTION_UPPERCASE" != true ] || set -- "$@" --uppercase
	[ -z "$PPROTECT_ACTION_PREFIX" ] || set -- "$@" --prefix "$PPROTECT_ACTION_PREFIX"
	PPROTECT_ACTION_NAMES=$(pprotect "$@" --dry-run)
	export PPROTECT_ACTION_NAMES
	exec pprotect "$@" -- sh "$0" --inside
fi

printf '%s\n' "$PPROTECT_ACTION_NAMES" | while IFS= read -r name; do
	printenv "$name" | sed -e '/^$/d' -e 's/%/%25/g' -e "s/$(printf '\r')/%0D/g" -e 's/^/::add-mask::/'
done

# Nobody who writes a secret can guess where the value ends.
end=pprotect_$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$PPROTECT_ACTION_NAMES" | while IFS= read -r name; do
	[ -n "$name" ] || continue
	{
		printf '%s<<%s\n' "$name" "$end"
		printenv "$name"
		printf '%s\n' "$end"
	} >>"$GITHUB_ENV"
done
