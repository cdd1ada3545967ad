import { describe, expect, test } from "bun:test";
import { codeName } from "../../../src/values/code-names.ts";
import { codeNameOfSecret, variableName } from "../../../src/values/variable-name.ts";

/** sudo 1.9's `env_delete`, with an example for each pattern; sudoers(5). */
const SUDO = `IFS CDPATH LOCALDOMAIN RES_OPTIONS HOSTALIASES NLSPATH PATH_LOCALE LD_PRELOAD LD_AUDIT
	_RLD_LIST SHLIB_PATH LDR_CNTRL LIBPATH AUTHSTATE DYLD_INSERT_LIBRARIES KRB5_CONFIG KRB5_KTNAME VAR_ACE
	USR_ACE DLC_ACE TERMINFO TERMINFO_DIRS TERMPATH TERMCAP ENV BASH_ENV PS4 GLOBIGNORE BASHOPTS SHELLOPTS
	JAVA_TOOL_OPTIONS PERLIO_DEBUG PERLLIB PERL5LIB PERL5OPT PERL5DB FPATH NULLCMD READNULLCMD ZDOTDIR
	TMPPREFIX PYTHONHOME PYTHONPATH PYTHONINSPECT PYTHONUSERBASE RUBYLIB RUBYOPT`;

/** What PocketProtector 26.4 refuses, with an example for each pattern. */
const POCKET_PROTECTOR = `PATH IFS ENV BASH_ENV NODE_OPTIONS PERL5OPT PERL5LIB LD_LIBRARY_PATH
	DYLD_LIBRARY_PATH PYTHONSTARTUP GIT_SSH_COMMAND GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_DIR`;

/** One or two that each of the other readers is known to run code for. */
const OTHERS = `HOME SHELL XDG_CONFIG_HOME PROMPT_COMMAND PS1 INPUTRC GCONV_PATH GLIBC_TUNABLES
	OPENSSL_CONF NODE_PATH BUN_OPTIONS npm_config_script_shell NPM_CONFIG_NODE_OPTIONS PYTHONWARNINGS
	PERL5SHELL RUBYGEMS_GEMDEPS BUNDLE_GEMFILE LUA_INIT LUA_INIT_5_4 LUA_CPATH PHPRC PHP_INI_SCAN_DIR
	_JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH ES_JAVA_OPTS DOTNET_STARTUP_HOOKS CORECLR_PROFILER_PATH
	R_PROFILE_USER ERL_AFLAGS ERL_OTP27_FLAGS MAKEFLAGS RUSTC_WRAPPER GOFLAGS EDITOR VISUAL PAGER LESSOPEN
	BROWSER SSH_ASKPASS KUBECONFIG AWS_CONFIG_FILE LISTEN_FDS NOTIFY_SOCKET GITHUB_ENV GITHUB_PATH
	ACTIONS_RUNNER_HOOK_JOB_STARTED PPROTECT_PASSPHRASE_COMMAND`;

/** Secrets as people have them, some near to a name of the list. */
const ORDINARY = `db-password DB_PASSWORD API_KEY SECRET_KEY_BASE DATABASE_URL HTTP_PROXY https_proxy
	ALL_PROXY NO_PROXY PIP_INDEX_URL GITHUB_TOKEN GH_TOKEN GIT_TOKEN GIT_PASSWORD NPM_TOKEN
	NODE_AUTH_TOKEN YARN_NPM_AUTH_TOKEN BUNDLE_GEMS__CONTRIBSYS__COM COMPOSER_AUTH DOCKER_PASSWORD
	AWS_SECRET_ACCESS_KEY GOOGLE_APPLICATION_CREDENTIALS PYTHON_SERVICE_KEY APP_ENV NODE_ENV
	RAILS_MASTER_KEY USER USERNAME TERM LANG TZ APP_PATH PATHS SSL_CERT_FILE JWT_SECRET LISTEN_PORT`;

const words = (text: string) => text.trim().split(/\s+/);

describe("names that run code", () => {
	test.each(words(`${SUDO} ${POCKET_PROTECTOR} ${OTHERS}`))("%s is one", (name) => {
		expect(codeName(name)).toMatch(/^(is|names?|decides) /);
	});

	test.each(words(ORDINARY))("%s is none, on any system", (name) => {
		expect(codeName(name)).toBeUndefined();
		expect(codeName(name, true)).toBeUndefined();
	});

	test("case counts but on Windows, and for npm", () => {
		expect(codeName("path")).toBeUndefined();
		expect(codeName("path", true)).toBeDefined();
		expect(codeName("Node_Options", true)).toBeDefined();
		expect(codeName("Npm_Config_Git")).toBeDefined();
	});

	test("a secret has one too if --uppercase would make it so", () => {
		expect(codeNameOfSecret("LD_PRELOAD")?.variable).toBe("LD_PRELOAD");
		expect(codeNameOfSecret("bash-env")?.variable).toBe("BASH_ENV");
		expect(codeNameOfSecret("db-password")).toBeUndefined();
	});
});

test("the variable of a secret", () => {
	expect(variableName("db-password", {})).toBe("db-password");
	expect(variableName("db-password", { uppercase: true })).toBe("DB_PASSWORD");
	expect(variableName("preload", { uppercase: true, prefix: "LD" })).toBe("LD_PRELOAD");
});
