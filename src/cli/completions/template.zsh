#compdef pprotect
# Completion of pprotect for zsh, made by: pprotect completion zsh
# Names are never evaluated: a domain may be called $(anything).

# Asks pprotect about the file of this command line; says nothing where it cannot be read.
_pprotect_ask() {
  local -a file
  local -i index
  local word
  for ((index = 2; index < $#pprotect_words; index++)); do
    word=${(Q)pprotect_words[index]}
    case $word in
      --) break ;;
      -f | --file) file=(--file="${${(Q)pprotect_words[index + 1]}/#\~\//$HOME/}") ;;
      --file=*) file=(--file="${${word#--file=}/#\~\//$HOME/}") ;;
    esac
  done
  "${${(Q)pprotect_words[1]}/#\~\//$HOME/}" "$@" $file </dev/null 2>/dev/null
}

_pprotect_offer() {
  local kind=$1 expl
  local -a names
  names=("${(@f)$(cat)}")
  [[ -n $names[1] ]] && _wanted $kind-names expl $kind compadd -a names
}

_pprotect_domain() {
  _pprotect_ask list-domains | _pprotect_offer domain
}

_pprotect_person() {
  _pprotect_ask status --people | _pprotect_offer person
}

# What exec takes: a domain, or behind -- a command line of another program.
_pprotect_program() {
  local -i dashes=${pprotect_words[(i)--]}
  if (( dashes >= pprotect_current )); then
    _pprotect_domain
    return
  fi
  words=("${(@)pprotect_words[dashes + 1, -1]}")
  (( CURRENT = pprotect_current - dashes ))
  _normal
}

_pprotect_secret() {
  local domain=${(Q)${opt_args[--domain]:-${opt_args[-d]}}:-${(Q)line[1]}}
  if [[ -n $domain && $pprotect_command != add-secret ]]; then
    _pprotect_ask list-domain-secrets --domain="$domain" | _pprotect_offer secret
  else
    _pprotect_ask list-all-secrets | sed 's/:.*//' | _pprotect_offer secret
  fi
}

# The positional of a number, where the command takes those that follow; --domain stands for the first.
_pprotect_positional() {
  local -i number=$1
  shift
  (( ${+opt_args[--domain]} || ${+opt_args[-d]} )) && [[ $1 == domain ]] && number+=1
  case $argv[number] in
    file) _files ;;
    domain) _pprotect_domain ;;
    secret) _pprotect_secret ;;
    person) _pprotect_person ;;
    nothing | '') _message 'nothing to complete' ;;
    *) compadd -- ${(s:,:)argv[number]} ;;
  esac
}

_pprotect() {
  local curcontext=$curcontext context state state_descr
  local -a line pprotect_words shared
  local -A opt_args
  local pprotect_command
  local -i pprotect_current=$CURRENT
  pprotect_words=("${words[@]}")
  shared=(
    @SHARED@
  )
  _arguments -C -S $shared '(-): :->command' '(-)*:: :->arguments' && return
  case $state in
    command)
      local -a commands
      commands=(
        @NAMES@
      )
      _describe -t commands command commands
      ;;
    arguments)
      pprotect_command=${words[1]//_/-}
      case $pprotect_command in
        @COMMANDS@
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _pprotect ]]; then
  _pprotect "$@"
else
  compdef _pprotect pprotect
fi
