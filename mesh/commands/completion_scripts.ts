/**
 * What teaches a shell to complete `asya`: each asks `asya complete` what may come next, so that
 * nothing of the table of commands stands in them.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<"bash" | "zsh" | "fish", string>> = {
  bash: `# bash completion for asya
_asya() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :folders)
        compopt -o filenames 2>/dev/null
        local kind=-f
        [ "$line" = :folders ] && kind=-d
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen $kind -- "$current")
        ;;
      *)
        line=\${line%%$'\\t'*}
        case $line in *=) compopt -o nospace 2>/dev/null ;; esac
        COMPREPLY+=("$line")
        ;;
    esac
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _asya asya
`,
  zsh: `#compdef asya
# zsh completion for asya
_asya() {
  local line word
  local -a whole begun lines
  lines=("\${(@f)$(\${~words[1]} complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    case $line in
      '') ;;
      :files) _files ;;
      :folders) _files -/ ;;
      *)
        word=\${line%%$'\\t'*}
        [[ $line == *$'\\t'* ]] && line="\${word//:/\\\\:}:\${line#*$'\\t'}" || line=\${word//:/\\\\:}
        [[ $word == *= ]] && begun+=("$line") || whole+=("$line")
        ;;
    esac
  done
  (( $#whole )) && _describe -V asya whole
  (( $#begun )) && _describe -V asya begun -S ''
  return 0
}
if [ "$funcstack[1]" = _asya ]; then _asya "$@"; else compdef _asya asya; fi
`,
  fish: `# fish completion for asya
function __asya_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c asya -f -k -a '(__asya_complete)'
`,
};
