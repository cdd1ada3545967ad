/**
 * Names of environment variables that change what code a program runs: how it is found, loaded or
 * started. Anybody who can write the protected file can add a secret, and nobody can review its
 * value, so a secret must not take such a name unless the user asks for it.
 *
 * The names are from the manuals that each group names, and from the lists that others publish:
 * sudo's `env_delete` (sudoers(5)), glibc's `unsecvars.h`, the runner of GitHub Actions, Infisical's
 * reserved names, and PocketProtector 26.4. Left out of those lists is what only leads a program to
 * other data: TERM, LANG, LC_*, TZ, TMPDIR, USER, MAIL, and tokens such as GIT_TOKEN. A proxy's or
 * a package index's address may hold a password, and so is a secret as any other.
 */

interface Group {
	/** Continues "the variable NAME …". */
	readonly effect: string;
	/** Where the names are documented. */
	readonly source: string;
	/** Separated by spaces; `*` stands for any characters of a name. */
	readonly names: string;
	/** Whether the reader itself takes the names in any case, on every system. */
	readonly anyCase?: boolean;
}

const GROUPS: readonly Group[] = [
	{
		effect: "decides where programs and their settings are found",
		source: "environ(7), XDG Base Directory Specification; Windows: CreateProcess, cmd, PowerShell",
		names: `PATH HOME SHELL CDPATH XDG_* PATHEXT COMSPEC SYSTEMROOT WINDIR SYSTEMDRIVE USERPROFILE
			HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA ALLUSERSPROFILE PROGRAMDATA PROGRAMFILES* PROGRAMW6432
			COMMONPROGRAMFILES* COMMONPROGRAMW6432 PSModulePath PSMODULEPATH __PSLockdownPolicy
			__COMPAT_LAYER NODEFAULTCURRENTDIRECTORYINEXEPATH`,
	},
	{
		effect: "decides what the dynamic loader loads",
		source: "ld.so(8), dyld(1); AIX, HP-UX and IRIX as sudo lists them",
		names: "LD_* DYLD_* _RLD* LDR_* LIBPATH SHLIB_PATH",
	},
	{
		effect: "decides what the C library and the system's other libraries load",
		source:
			"glibc's unsecvars.h, sudoers(5), krb5.conf(5), openssl-env(7), odbcinst, GTK, GIO, Qt, Mesa, MySQL, ImageMagick, Ghostscript, GDAL",
		names: `GCONV_PATH GETCONF_DIR GLIBC_TUNABLES LOCPATH PATH_LOCALE NLSPATH MALLOC_TRACE MALLOC_CHECK_
			HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_HOST_CONF NIS_PATH AUTHSTATE VAR_ACE USR_ACE DLC_ACE
			TERMINFO TERMINFO_DIRS TERMPATH TERMCAP KRB5_CONFIG* KRB5_KTNAME GSS_MECH_CONFIG OPENSSL_CONF
			OPENSSL_CONF_INCLUDE OPENSSL_MODULES OPENSSL_ENGINES SASL_PATH SASL_CONF_PATH LIBMYSQL_PLUGIN_DIR
			LIBMYSQL_PLUGINS ODBCINI ODBCINSTINI ODBCSYSINI ORACLE_HOME GTK_MODULES GTK2_MODULES GTK3_MODULES
			GTK_PATH GTK_EXE_PREFIX GTK_IM_MODULE_FILE GDK_PIXBUF_MODULE_FILE GDK_PIXBUF_MODULEDIR
			GIO_EXTRA_MODULES GIO_MODULE_DIR GST_PLUGIN_PATH* GST_PLUGIN_SYSTEM_PATH* GST_PLUGIN_SCANNER*
			GST_REGISTRY* QT_PLUGIN_PATH QT_QPA_PLATFORM_PLUGIN_PATH QML_IMPORT_PATH QML2_IMPORT_PATH
			LIBGL_DRIVERS_PATH GBM_BACKENDS_PATH LIBVA_DRIVERS_PATH VK_LAYER_PATH VK_ADD_LAYER_PATH
			VK_ICD_FILENAMES VK_DRIVER_FILES OCL_ICD_VENDORS ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS
			MSAN_OPTIONS TSAN_OPTIONS MYSQL_HOME MARIADB_PLUGIN_DIR GI_TYPELIB_PATH QTWEBENGINEPROCESS_PATH
			__EGL_VENDOR_LIBRARY_DIRS __EGL_VENDOR_LIBRARY_FILENAMES CUDA_INJECTION32_PATH
			CUDA_INJECTION64_PATH NVBLAS_CONFIG_FILE SDL_DYNAMIC_API ALSA_CONFIG_PATH ALSA_PLUGIN_DIR
			LADSPA_PATH MAGICK_HOME MAGICK_CONFIGURE_PATH MAGICK_CODER_MODULE_PATH MAGICK_FILTER_MODULE_PATH
			GS_LIB GS_OPTIONS GDAL_DRIVER_PATH GDAL_PYTHON_DRIVER_PATH TEXMFCNF`,
	},
	{
		effect: "is something that a shell runs, sources or splits words with",
		source: "bash(1), dash(1), mksh(1), zshparam(1), fish(1), readline(3), sudoers(5)",
		names: `ENV BASH_ENV BASH_FUNC_* BASHOPTS SHELLOPTS BASH_LOADABLES_PATH BASH_XTRACEFD IFS GLOBIGNORE
			EXECIGNORE PROMPT_COMMAND* PS0 PS1 PS2 PS3 PS4 MAILPATH INPUTRC FCEDIT HISTFILE ZDOTDIR FPATH
			MODULE_PATH NULLCMD READNULLCMD TMPPREFIX ZSH ZSH_CUSTOM fish_function_path fish_complete_path
			fish_user_paths __fish_* FISH_*`,
	},
	{
		effect: "is read by Node, npm, Bun or Deno for options or code to load",
		source:
			"node(1), npm-config(7), yarn's, Bun's, Puppeteer's and Playwright's documentation of their variables",
		names: `NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NODE_COMPILE_CACHE NODE_V8_COVERAGE
			NODE_CHANNEL_FD NODE_ICU_DATA NODE_GYP_FORCE_PYTHON ELECTRON_RUN_AS_NODE TS_NODE_* TSX_*
			JITI_* NVM_DIR FNM_DIR FNM_MULTISHELL_PATH VOLTA_HOME PNPM_HOME COREPACK_HOME
			COREPACK_NPM_REGISTRY COREPACK_INTEGRITY_KEYS YARN_YARN_PATH YARN_IGNORE_PATH YARN_PLUGINS
			YARN_RC_FILENAME YARN_GLOBAL_FOLDER BUN_OPTIONS BUN_BE_BUN BUN_INSPECT* BUN_INSTALL*
			BUN_CONFIG_REGISTRY BUN_RUNTIME_TRANSPILER_CACHE_PATH BUN_JSC_* DENO_DIR DENO_INSTALL_ROOT
			DENO_V8_FLAGS ESBUILD_BINARY_PATH SASS_BINARY_PATH PUPPETEER_EXECUTABLE_PATH CHROME_PATH
			CHROME_BIN CHROME_DEVEL_SANDBOX FIREFOX_BIN PLAYWRIGHT_BROWSERS_PATH
			PLAYWRIGHT_*_EXECUTABLE_PATH`,
	},
	{
		effect: "is a setting of npm, which names programs to run and where packages come from",
		source: "npm-config(7)",
		names: "npm_config_* npm_execpath npm_node_execpath",
		anyCase: true,
	},
	{
		effect: "is read by Python or its tools for options or code to load",
		source:
			"python(1), pip, pyenv, uv, and the documentation of gunicorn, uWSGI, Flask, Django, Celery, Airflow",
		names: `PYTHON[A-Z]* PYTHON_PRESITE PIP_CONFIG_FILE PIP_TARGET PIP_PREFIX PIP_PYTHON VIRTUAL_ENV
			PYENV_ROOT PYENV_VERSION UV_CONFIG_FILE UV_PYTHON CONDA_EXE CONDA_PREFIX CONDA_PYTHON_EXE
			PYTEST_PLUGINS PYTEST_ADDOPTS GUNICORN_CMD_ARGS IPYTHONDIR JUPYTER_PATH JUPYTER_CONFIG_*
			UWSGI_* UVICORN_* FLASK_APP DJANGO_SETTINGS_MODULE CELERY_CONFIG_MODULE
			CELERY_LOADER MATPLOTLIBRC MPLBACKEND AIRFLOW_HOME AIRFLOW_CONFIG
			AIRFLOW__CORE__PLUGINS_FOLDER AIRFLOW__CORE__DAGS_FOLDER SUPERSET_CONFIG SUPERSET_CONFIG_PATH
			PYSPARK_PYTHON PYSPARK_DRIVER_PYTHON OTEL_PYTHON_DISTRO OTEL_PYTHON_CONFIGURATOR`,
	},
	{
		effect: "is read by Perl for options or code to load",
		source: "perlrun(1), local::lib",
		names: "PERL5* PERLLIB PERLIO PERLIO_DEBUG PERL_MM_OPT PERL_MB_OPT PERL_LOCAL_LIB_ROOT",
	},
	{
		effect: "is read by Ruby or its tools for options or code to load",
		source: "ruby(1), gem and bundle-config(1), irb(1)",
		names: `RUBYOPT RUBYLIB RUBYSHELL RUBYPATH RUBYGEMS_GEMDEPS GEM_HOME GEM_PATH GEMRC BUNDLE_GEMFILE
			BUNDLE_PATH BUNDLE_BIN_PATH BUNDLE_APP_CONFIG BUNDLE_USER_CONFIG BUNDLE_USER_HOME
			BUNDLE_USER_PLUGIN BUNDLER_SETUP BUNDLER_ORIG_* IRBRC PRYRC RBENV_ROOT RBENV_HOOK_PATH
			BOOTSNAP_CACHE_DIR RUBY_DEBUG_INIT_SCRIPT THOR_MERGE`,
	},
	{
		effect: "is read by Lua for code to run or load",
		source: "lua(1)",
		names: "LUA_INIT* LUA_PATH* LUA_CPATH*",
	},
	{
		effect: "is read by PHP or Composer for settings that load code",
		source: "php(1), getcomposer.org on its environment variables",
		names: "PHPRC PHP_INI_SCAN_DIR COMPOSER COMPOSER_HOME COMPOSER_VENDOR_DIR COMPOSER_BIN_DIR",
	},
	{
		effect: "is read by Java or its tools for options or code to load",
		source: "java(1) of the JDK, Maven, Gradle, sbt, Tomcat, Spark, Spring and other start scripts",
		names: `JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JDK_JAVAC_OPTIONS IBM_JAVA_OPTIONS
			OPENJ9_JAVA_OPTIONS CLASSPATH JAVA_HOME JDK_HOME JRE_HOME JAVA_OPTS *_JAVA_OPTS JAVA_OPTIONS JAVA_ARGS
			JVM_OPTS CATALINA_OPTS CATALINA_HOME CATALINA_BASE MAVEN_OPTS MAVEN_ARGS MAVEN_HOME M2_HOME
			GRADLE_OPTS GRADLE_HOME GRADLE_USER_HOME ANT_OPTS ANT_ARGS ANT_HOME SBT_OPTS KAFKA_OPTS
			KOTLIN_HOME GROOVY_HOME SCALA_HOME LEIN_JVM_OPTS JAVACMD MAVEN_CONFIG KAFKA_HEAP_OPTS
			KAFKA_LOG4J_OPTS KAFKA_JVM_PERFORMANCE_OPTS JENKINS_OPTS ES_JAVA_HOME HADOOP_OPTS HADOOP_CLASSPATH
			SPARK_HOME SPARK_CONF_DIR SPARK_SUBMIT_OPTS SPARK_DIST_CLASSPATH SPRING_APPLICATION_JSON
			SPRING_CONFIG_LOCATION SPRING_CONFIG_ADDITIONAL_LOCATION SPRING_CONFIG_IMPORT SPRING_CLOUD_BOOTSTRAP_LOCATION LOGGING_CONFIG LOADER_PATH LOADER_MAIN LOADER_HOME
			QUARKUS_CONFIG_LOCATIONS LOG4J_CONFIGURATION_FILE JRUBY_OPTS JYTHONPATH CLJ_CONFIG`,
	},
	{
		effect: "is read by .NET for code to load",
		source: ".NET's documentation of its variables, host hooks, profilers and MSBuild",
		names: `DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS DOTNET_SHARED_STORE DOTNET_ROOT* DOTNET_HOST_PATH
			DOTNET_DiagnosticPorts DOTNET_BUNDLE_EXTRACT_BASE_DIR CORECLR_* COR_PROFILER* COR_ENABLE_PROFILING
			COMPlus_* ASPNETCORE_HOSTINGSTARTUPASSEMBLIES MSBuildSDKsPath MSBUILD_EXE_PATH
			MSBuildExtensionsPath MONO_PATH MONO_ENV_OPTIONS MONO_GAC_PREFIX`,
	},
	{
		effect: "is read by another language's runtime for options or code to load",
		source: "R's Startup, Julia, erl(1), Elixir, guile(1), tclsh(1), emacs(1), vim(1)",
		names: `R_PROFILE* R_ENVIRON* R_HOME R_LIBS* JULIA_LOAD_PATH JULIA_DEPOT_PATH JULIA_PROJECT
			JULIA_BINDIR ERL_FLAGS ERL_AFLAGS ERL_ZFLAGS ERL_LIBS ERL_INETRC ERL_OTP[0-9]*_FLAGS
			ELIXIR_ERL_OPTIONS GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH GUILE_EXTENSIONS_PATH TCLLIBPATH
			TCL_LIBRARY TK_LIBRARY EMACSLOADPATH EMACSDATA EMACSPATH VIM VIMINIT VIMRUNTIME GVIMINIT
			MYVIMRC EXINIT NVIM_APPNAME GHC_PACKAGE_PATH GHC_ENVIRONMENT OCAMLRUNPARAM OCAMLLIB CAML_LD_LIBRARY_PATH
			WASMTIME_* MIX_EXS MIX_HOME MIX_ARCHIVES HEX_HOME RELEASE_VM_ARGS RELEASE_REMOTE_VM_ARGS
			RELEASE_SYS_CONFIG RELEASE_BOOT_SCRIPT RABBITMQ_CONF_ENV_FILE RABBITMQ_*_ERL_ARGS
			RABBITMQ_PLUGINS_DIR RABBITMQ_ENABLED_PLUGINS_FILE GHCRTS SWIFT_EXEC OCTAVE_PATH GNUPLOT_LIB`,
	},
	{
		effect: "names a program or options for compilers and build tools",
		source: "make(1), gcc(1), cargo, go help environment, cmake-env-variables(7)",
		names: `MAKEFLAGS GNUMAKEFLAGS MFLAGS MAKEFILES MAKE CC CXX CPP LD AR AS NM STRIP LEX YACC M4 CFLAGS
			CXXFLAGS CPPFLAGS LDFLAGS GCC_EXEC_PREFIX COMPILER_PATH LIBRARY_PATH CPATH C_INCLUDE_PATH
			CPLUS_INCLUDE_PATH DEPENDENCIES_OUTPUT CCACHE_* PKG_CONFIG PKG_CONFIG_PATH PKG_CONFIG_LIBDIR
			CMAKE_TOOLCHAIN_FILE CMAKE_GENERATOR CMAKE_*_COMPILER CMAKE_*_LAUNCHER RUSTC RUSTC_WRAPPER
			RUSTC_WORKSPACE_WRAPPER RUSTDOC RUSTFLAGS RUSTDOCFLAGS RUSTUP_HOME RUSTUP_TOOLCHAIN CARGO
			CARGO_HOME CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_* CARGO_TARGET_* GOFLAGS GOROOT GOPATH GOENV
			GOBIN GOTOOLCHAIN GOTOOLDIR GOCACHEPROG CGO_* CMAKE_PREFIX_PATH CONFIG_SHELL CONFIG_SITE AUTOCONF
			AUTOM4TE AUTOMAKE HOSTCC FC OBJC RANLIB BAZEL_SH BAZELISK_HOME BAZELISK_BASE_URL USE_BAZEL_VERSION
			VALGRIND_OPTS VALGRIND_LIB NIX_CONFIG NIX_CONF_DIR NIX_USER_CONF_FILES NIX_PATH ASDF_DIR
			ASDF_DATA_DIR MISE_DATA_DIR MISE_CONFIG_DIR`,
	},
	{
		effect:
			"names programs, settings or repositories that Git or another version control runs code from",
		source: "git(1), git-config(1), hg(1), svn, cvs(1), jj, gh-environment(7), glab",
		names: `GIT_SSH* GIT_ASKPASS GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_EXTERNAL_DIFF
			GIT_PROXY_COMMAND GIT_EXEC_PATH GIT_TEMPLATE_DIR GIT_CONFIG* GIT_DIR GIT_COMMON_DIR GIT_WORK_TREE
			GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_NAMESPACE GIT_ATTR_*
			GIT_ALLOW_PROTOCOL GIT_PROTOCOL_FROM_USER GIT_DISCOVERY_ACROSS_FILESYSTEM GIT_CEILING_DIRECTORIES
			GIT_MERGE_AUTOEDIT GIT_TRACE* GIT_REDIRECT_* GIT_NO_LAZY_FETCH GIT_BROWSER GIT_MAN_VIEWER
			HGRCPATH HGEDITOR HGMERGE HG SVN_SSH SVN_EDITOR CVS_RSH CVSEDITOR CVS_SERVER BZR_EDITOR BZR_PLUGIN_PATH
			GIT_SHELL_PATH JJ_CONFIG JJ_EDITOR GH_CONFIG_DIR GH_PATH GH_EDITOR GH_PAGER GH_BROWSER GLAB_CONFIG_DIR`,
	},
	{
		effect: "names an editor, pager or other helper that programs start",
		source: "the manuals of less, man, ssh, sudo, psql, rsync, tar, gpg, curl, wget, ripgrep, fzf",
		names: `EDITOR VISUAL SUDO_EDITOR SYSTEMD_EDITOR KUBE_EDITOR PSQL_EDITOR PSQL_EDITOR_* PAGER MANPAGER
			SYSTEMD_PAGER SYSTEMD_LESS PSQL_PAGER PSQLRC BAT_PAGER BAT_CONFIG_PATH DELTA_PAGER LESS LESSOPEN
			LESSCLOSE LESSKEY* LESSKEYIN LESSEDIT LESSSECURE* MORE MANOPT MANROFFOPT BROWSER TERMINAL SSH_ASKPASS*
			SUDO_ASKPASS SSH_SK_PROVIDER RSYNC_RSH RSYNC_CONNECT_PROG RSYNC_PROXY_COMMAND RSH TAR_OPTIONS TAR_SUFFIX ZIPOPT MAILRC MAILCAPS DIRENV_CONFIG STARSHIP_CONFIG
			GNUPGHOME CURL_HOME WGETRC SYSTEM_WGETRC RIPGREP_CONFIG_PATH FZF_DEFAULT_COMMAND FZF_DEFAULT_OPTS*
			FZF_CTRL_T_COMMAND FZF_ALT_C_COMMAND SCREENRC SYSSCREENRC TMUX_CONF XINITRC XSESSION WINEDLLPATH WINEDLLOVERRIDES
			WINELOADER WINESERVER WINEPREFIX QEMU_LD_PREFIX QEMU_SET_ENV`,
	},
	{
		effect: "names settings that make a tool for clusters or clouds run programs",
		source: "kubectl, helm, docker, aws, gcloud, az, terraform, ansible: their documentation",
		names: `KUBECONFIG HELM_PLUGINS HELM_CONFIG_HOME HELM_DATA_HOME HELM_BIN DOCKER_CONFIG
			DOCKER_CLI_PLUGIN_EXTRA_DIRS BUILDX_CONFIG AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE
			GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES CLOUDSDK_CONFIG CLOUDSDK_PYTHON* CLOUDSDK_ROOT_DIR
			AZURE_CONFIG_DIR AZURE_EXTENSION_DIR TF_CLI_CONFIG_FILE TERRAFORM_CONFIG TF_CLI_ARGS*
			TF_REATTACH_PROVIDERS TF_PLUGIN_CACHE_DIR TF_DATA_DIR ANSIBLE_CONFIG ANSIBLE_HOME ANSIBLE_LIBRARY
			ANSIBLE_*_PLUGINS ANSIBLE_ROLES_PATH ANSIBLE_COLLECTIONS_PATH* ANSIBLE_VAULT_PASSWORD_FILE
			ANSIBLE_SSH_EXECUTABLE ANSIBLE_SCP_EXECUTABLE ANSIBLE_SFTP_EXECUTABLE ANSIBLE_SSH_ARGS
			ANSIBLE_SSH_COMMON_ARGS ANSIBLE_SSH_EXTRA_ARGS ANSIBLE_CONNECTION_PATH ANSIBLE_BECOME_EXE
			ANSIBLE_EDITOR ANSIBLE_PAGER ANSIBLE_INVENTORY ANSIBLE_CALLBACKS_ENABLED ANSIBLE_PYTHON_INTERPRETER
			PULUMI_HOME PACKER_CONFIG PACKER_PLUGIN_PATH VAGRANT_HOME VAGRANT_CWD`,
	},
	{
		effect: "is how a service manager talks to the program",
		source: "sd_listen_fds(3), sd_notify(3), systemd.exec(5), s6, launchd",
		names: `LISTEN_FDS LISTEN_PID LISTEN_FDNAMES LISTEN_PIDFDID NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC
			MAINPID MANAGERPID INVOCATION_ID JOURNAL_STREAM CREDENTIALS_DIRECTORY RUNTIME_DIRECTORY STATE_DIRECTORY
			CACHE_DIRECTORY LOGS_DIRECTORY CONFIGURATION_DIRECTORY DBUS_SESSION_BUS_ADDRESS
			DBUS_SYSTEM_BUS_ADDRESS DBUS_STARTER_*`,
	},
	{
		effect: "is how a CI runner and its steps talk to each other",
		source:
			"GitHub's default environment variables and runner hooks, Forgejo, GitLab, Buildkite, Azure Pipelines",
		names: `GITHUB_ENV GITHUB_PATH GITHUB_OUTPUT GITHUB_STATE GITHUB_STEP_SUMMARY GITHUB_WORKSPACE
			GITHUB_ACTION_PATH GITHUB_EVENT_PATH GITHUB_ACTIONS RUNNER_TEMP RUNNER_TOOL_CACHE RUNNER_WORKSPACE
			RUNNER_DEBUG ACTIONS_RUNNER_* ACTIONS_STEP_DEBUG FORGEJO_ENV FORGEJO_PATH FORGEJO_OUTPUT GITEA_ENV
			GITEA_PATH GITEA_OUTPUT AGENT_TOOLSDIRECTORY AGENT_TEMPDIRECTORY VSTS_AGENT_* CI_PROJECT_DIR
			CI_BUILDS_DIR BUILDKITE_HOOKS_PATH BUILDKITE_PLUGINS_PATH BUILDKITE_ENV_FILE BUILDKITE_SHELL
			BUILDKITE_GIT_* JENKINS_HOME`,
	},
	{
		effect: "is pprotect's",
		source: "docs/commands.md",
		names: "PPROTECT_*",
	},
];

/**
 * What the environment variable `name` does to the programs that inherit it, if it decides what
 * code they run: words that continue "the variable NAME …".
 *
 * @param name as the program would see it, after `--prefix` and `--uppercase`
 * @param anyCase whether case means nothing, as on Windows
 */
export function codeName(name: string, anyCase = false): string | undefined {
	const effectOf = matchers.get(anyCase) ?? matcher(anyCase);
	matchers.set(anyCase, effectOf);
	return effectOf(name);
}

type Matcher = (name: string) => string | undefined;

/** Made when first asked for: most commands never ask. */
const matchers = new Map<boolean, Matcher>();

/**
 * Whole names are looked up, and those with `*` are one pattern: a pattern for each group would take
 * longer to compile than the values of 10 secrets take to decrypt.
 */
function matcher(anyCase: boolean): Matcher {
	const fold = anyCase ? inCapitals : (name: string) => name;
	const effects = new Map<string, string>();
	const patterns: { effect: string; source: string }[] = [];
	for (const { effect, names, anyCase: isFolded } of GROUPS) {
		for (const name of names.trim().split(/\s+/)) {
			if (!isFolded && !name.includes("*")) effects.set(fold(name), effect);
			else patterns.push({ effect, source: isFolded ? inEitherCase(name) : name });
		}
	}
	const patternOf = (...sources: readonly string[]) =>
		new RegExp(`^(?:${sources.join("|").replaceAll("*", "\\w*")})$`, anyCase ? "i" : "");
	const any = patternOf(...patterns.map(({ source }) => source));
	return (name) => {
		const effect = effects.get(fold(name));
		if (effect !== undefined || !any.test(name)) return effect;
		return patterns.find(({ source }) => patternOf(source).test(name))?.effect;
	};
}

/** As a pattern with `i` takes a name: only letters of ASCII have two cases. */
function inCapitals(name: string): string {
	return name.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function inEitherCase(name: string): string {
	return name.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
