# Completion of pprotect for bash, made by: pprotect completion bash
# Names are never evaluated: a domain may be called $(anything).

# Prints what one kind of word can be, one a line; nothing where the file cannot be read.
_pprotect_candidates() {
	case $kind in
	domain) "$program" list-domains ${file:+"--file=$file"} ;;
	person) "$program" status --people ${file:+"--file=$file"} ;;
	secret)
		if [[ -n $domain && $command != add-secret ]]; then
			"$program" list-domain-secrets ${file:+"--file=$file"} --domain="$domain"
		else
			"$program" list-all-secrets ${file:+"--file=$file"} | while IFS= read -r line; do
				printf '%s\n' "${line%%:*}"
			done
		fi
		;;
	program) compgen -c -- "$wanted" ;;
	file) compgen -f -- "$wanted" ;;
	nothing) ;;
	*)
		# shellcheck disable=SC2086 # a list of words
		printf '%s\n' $kind
		;;
	esac </dev/null 2>/dev/null
}

# What comes after "--name" on the command line.
_pprotect_value_kind() {
	case $1 in
	@VALUES@
	*) return 1 ;;
	esac
}

# The options and the positionals of a command.
_pprotect_command() {
	case $1 in
	@COMMANDS@
	esac
}

_pprotect() {
	local program=${COMP_WORDS[0]} line=${COMP_LINE:0:COMP_POINT}
	local word words=() index glued='' candidate
	# Bash cuts words at the characters of COMP_WORDBREAKS too: joins --file=PATH and a:b again.
	for ((index = 0; index <= COMP_CWORD; index++)); do
		word=${COMP_WORDS[index]}
		line=${line#"$word"}
		if [[ -n $glued ]]; then words[${#words[@]} - 1]+=$word; else words+=("$word"); fi
		glued=1
		[[ -z $line || $line == [[:blank:]]* ]] && glued=
		while [[ $line == [[:blank:]]* ]]; do line=${line#?}; done
	done

	local last=$((${#words[@]} - 1)) current=${words[${#words[@]} - 1]}
	local command='' domain='' option='' file='' position=0 after=0 dashes=''
	for ((index = 1; index < last; index++)); do
		word=${words[index]//\\/}
		if [[ -n $dashes ]]; then
			position=$((position + 1)) after=$((after + 1))
			continue
		elif [[ $word == -- ]]; then
			dashes=1 option=
			continue
		elif [[ -z $option && $word == --*=* ]]; then
			option=${word%%=*} word=${word#*=}
		elif [[ -z $option && $word == -* ]]; then
			_pprotect_value_kind "${word//_/-}" && option=$word
			continue
		fi
		case $option in
		-f | --file) file=${word/#\~\//$HOME/} ;;
		-d | --domain) domain=$word ;;
		'')
			if [[ -z $command ]]; then
				command=${word//_/-}
			else
				position=$((position + 1))
				((position == 1)) && [[ -z $domain ]] && domain=$word
			fi
			;;
		esac
		option=
	done

	# What is offered replaces only what follows the last character of COMP_WORDBREAKS.
	local wanted=${current//\\/} prefix='' kind=nothing options='' positionals='' takes_program='' named=''
	if [[ $current == *[:=@]* ]]; then prefix=${current%"${current##*[:=@]}"}; fi
	if [[ -z $option && -z $dashes && $current == --*=* ]]; then
		option=${current%%=*} wanted=${wanted#*=} prefix=${prefix#*=}
	fi
	for word in "${words[@]}"; do [[ $word == -d || $word == --domain || $word == --domain=* ]] && named=1; done
	_pprotect_command "$command"
	# shellcheck disable=SC2206 # a list of words
	positionals=($positionals)
	[[ -n $named && ${positionals[0]} == domain ]] && position=$((position + 1))

	COMPREPLY=()
	if [[ -n $dashes && $takes_program ]]; then
		kind='file'
		((after == 0)) && kind=program
	elif [[ -n $option ]]; then
		_pprotect_value_kind "$option"
	elif [[ $current == -* ]]; then
		kind="@SHARED@ $options"
	elif [[ -z $command ]]; then
		kind="@NAMES@"
	else
		kind=${positionals[position]:-nothing}
		kind=${kind//,/ }
	fi
	# Between quotes, what is safe to insert is another matter.
	[[ $current == [\"\']* && $kind != file ]] && return
	if [[ $kind == file ]] && compopt -o default 2>/dev/null; then return; fi
	while IFS= read -r candidate; do
		[[ $candidate == "$wanted"* ]] || continue
		printf -v candidate %q "$candidate"
		COMPREPLY+=("${candidate#"$prefix"}")
	done < <(_pprotect_candidates)
}

complete -F _pprotect pprotect
