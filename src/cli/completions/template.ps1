# Completion of pprotect for PowerShell 5.1 and later, made by: pprotect completion powershell
# Names are never evaluated: a domain may be called $(anything).

Register-ArgumentCompleter -Native -CommandName pprotect -ScriptBlock {
	param($wordToComplete, $commandAst, $cursorPosition)
	Set-StrictMode -Off
	$ErrorActionPreference = 'SilentlyContinue'

	# A word of the command line, without its quotes.
	function Get-Word($element) {
		if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
			return $element.Value
		}
		return $element.Extent.Text
	}

	# What comes after an option; nothing where it takes no value.
	function Get-ValueKind($name) {
		switch -CaseSensitive -Exact ($name) {
			@VALUES@
		}
	}

	# What pprotect answers about the file of this command line; nothing where it cannot be read.
	function Get-Answer($question) {
		$arguments = @($question) + $args
		if ($file -ne '') { $arguments += "--file=$file" }
		$program = $commandAst.GetCommandName()
		$status = $global:LASTEXITCODE
		$encoding = [Console]::OutputEncoding
		try {
			[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
			@() | & $program @arguments 2>$null
		} finally {
			[Console]::OutputEncoding = $encoding
			$global:LASTEXITCODE = $status
		}
	}

	# One thing that can be typed here, quoted where PowerShell would read more in it than its letters.
	function New-Offer($name, $type, $tip) {
		if ($name -eq '' -or -not $name.StartsWith($current, [StringComparison]::Ordinal)) { return }
		$text = $prefix + $name
		if ($text -cnotmatch '\A-{0,2}[A-Za-z_][A-Za-z0-9_.@/=+-]*\z') {
			$inner = [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text)
			$text = "'$inner'"
		}
		New-Object System.Management.Automation.CompletionResult $text, $name, $type, $tip
	}

	# The words before the cursor, and the one at it.
	$words = @()
	$current = ''
	foreach ($element in $commandAst.CommandElements) {
		if ($element.Extent.EndOffset -lt $cursorPosition) {
			$words += Get-Word $element
		} elseif ($element.Extent.StartOffset -lt $cursorPosition) {
			$current = Get-Word $element
		}
	}

	$command = ''
	$domain = ''
	$file = ''
	$option = ''
	$position = 0
	$after = 0
	$named = $false
	$dashes = $false
	foreach ($word in ($words | Select-Object -Skip 1)) {
		if ($dashes) {
			$after++
			continue
		}
		if ($word -ceq '--') {
			$dashes = $true
			$option = ''
			continue
		}
		if ($option -eq '' -and $word -like '--*=*') {
			$option, $word = $word -split '=', 2
		} elseif ($option -eq '' -and $word -like '-*') {
			if (Get-ValueKind $word.Replace('_', '-')) { $option = $word }
			continue
		}
		if (@('-f', '--file') -ccontains $option) {
			$file = $word -replace '\A~(?=[/\\])', $HOME.Replace('$', '$$')
		} elseif (@('-d', '--domain') -ccontains $option) {
			$domain = $word
			$named = $true
		} elseif ($option -eq '' -and $command -eq '') {
			$command = $word.Replace('_', '-')
		} elseif ($option -eq '') {
			$position++
			if ($position -eq 1 -and $domain -eq '') { $domain = $word }
		}
		$option = ''
	}

	$prefix = ''
	if ($option -eq '' -and -not $dashes -and $current -like '--*=*') {
		$option, $current = $current -split '=', 2
		$prefix = "$option="
	}

	# Names of options come with what they do.
	$options = @()
	$positionals = @()
	$takesProgram = $false
	switch -CaseSensitive -Exact ($command) {
		@COMMANDS@
	}
	if ($named -and $positionals[0] -ceq 'domain') { $position++ }

	$kind = 'nothing'
	if ($dashes) {
		if ($takesProgram) { $kind = if ($after -eq 0) { 'program' } else { 'file' } }
	} elseif ($option -ne '') {
		$kind = Get-ValueKind $option.Replace('_', '-')
	} elseif ($current -like '-*') {
		$kind = 'option'
	} elseif ($command -eq '') {
		$kind = 'command'
	} elseif ($position -lt $positionals.Count) {
		$kind = $positionals[$position]
	}

	# Where nothing is returned, PowerShell completes paths.
	if ($kind -ceq 'file') { return }

	$offers = @(switch -CaseSensitive -Exact ($kind) {
		'nothing' { }
		'command' {
			@NAMES@
		}
		'option' {
			@SHARED@
			for ($index = 0; $index -lt $options.Count; $index += 2) {
				New-Offer $options[$index] ParameterName $options[$index + 1]
			}
		}
		'domain' {
			foreach ($name in Get-Answer 'list-domains') { New-Offer $name ParameterValue $name }
		}
		'person' {
			foreach ($name in Get-Answer 'status' '--people') { New-Offer $name ParameterValue $name }
		}
		'secret' {
			if ($domain -ne '' -and $command -cne 'add-secret') {
				$names = Get-Answer 'list-domain-secrets' "--domain=$domain"
			} else {
				$names = Get-Answer 'list-all-secrets' | ForEach-Object { $_ -creplace ':.*', '' }
			}
			foreach ($name in $names) { New-Offer $name ParameterValue $name }
		}
		'program' {
			$pattern = [System.Management.Automation.WildcardPattern]::Escape($current) + '*'
			Get-Command -Name $pattern -CommandType Application | ForEach-Object {
				New-Offer $_.Name Command $_.Name
			}
		}
		default {
			foreach ($name in $kind.Split(' ')) { New-Offer $name ParameterValue $name }
		}
	})
	# An empty answer keeps PowerShell from completing paths where none belongs.
	if ($offers.Count -eq 0 -and $kind -cne 'program') { return '' }
	$offers
}
