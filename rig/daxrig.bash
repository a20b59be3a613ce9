# SPDX-License-Identifier: GPL-2.0-only
# Completion of daxrig for bash. Words come from daxrig itself, so that none is forgotten.
_daxrig_words() {
	case $1 in
	'') daxrig --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' ;;
	*) daxrig "$1" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' ;;
	esac 2>/dev/null
}

_daxrig() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
	local before=${COMP_WORDS[COMP_CWORD - 1]} words=

	if ((COMP_CWORD == 1)); then
		words=$(_daxrig_words '')
	elif [[ $word == -* ]]; then
		words=$(_daxrig_words "$command")
	elif [[ $before == --plan ]]; then
		words=$(daxrig list plans 2>/dev/null | sed 's/ .*//')
	elif [[ $before == --as ]]; then
		words=$(daxrig list renderers 2>/dev/null | sed 's/ .*//')
	elif [[ $command == kselftest ]]; then
		words=$(daxrig list kselftests 2>/dev/null | sed 's/ .*//')
	elif [[ $command == @(run|worsen) ]]; then
		words=$(daxrig list scenarios 2>/dev/null | sed 's/ .*//')
	elif [[ $command == @(report|watch|diff|merge|mail|pack|coverage) ]]; then
		words=$(daxrig runs 2>/dev/null | sed 's/ .*//')
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	[[ ${COMPREPLY[*]} ]] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
}
complete -F _daxrig daxrig
