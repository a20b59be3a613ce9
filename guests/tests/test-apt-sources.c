/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "guests/store/apt-sources.h"

#define KEY "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
#define STANZA(uri, suites, parts)                                                                 \
	"Types: deb\nURIs: " uri "\nSuites: " suites "\nComponents: " parts "\n"

static const struct {
	const char *what, *list, *deb822, *suite, *want;
} cases[] = {
	{ "deb822, suite exchanged, main only", "",
	  "# a note\n" STANZA("http://m.example/debian", "bookworm bookworm-updates",
			      "main contrib") KEY
	  "\n" STANZA("http://m.example/debian-security", "bookworm-security", "main") KEY,
	  "trixie", STANZA("http://m.example/debian", "trixie", "main") KEY },
	{ "all archives of the machine", "",
	  STANZA("http://m.example/debian", "bookworm bookworm-updates", "main") KEY
	  "\n" STANZA("http://m.example/debian-security/", "bookworm-security", "main") KEY
	  "\n" STANZA("http://other.example/x", "nodistro", "main"),
	  NULL,
	  STANZA("http://m.example/debian", "bookworm bookworm-updates", "main") KEY
	  "\n" STANZA("http://m.example/debian-security/", "bookworm-security", "main") KEY },
	{ "one-line form",
	  "deb http://m.example/debian bookworm main # note\n"
	  "deb-src http://m.example/debian bookworm main\n",
	  "", "sid", STANZA("http://m.example/debian", "sid", "main") },
	{ "one-line options",
	  "deb [arch=amd64 signed-by=/k/debian-archive.gpg check-valid-until=no] "
	  "http://m.example/mirror/\tbookworm  main\n",
	  "", "sid",
	  STANZA("http://m.example/mirror/", "sid",
		 "main") "Check-Valid-Until: no\nSigned-By: /k/debian-archive.gpg\n" },
	{ "checks of signatures stay on", "deb [trusted=yes] http://m.example/debian stable main",
	  "", "sid", STANZA("http://m.example/debian", "sid", "main") },
	{ "trusted in deb822", "", "Trusted: yes\n" STANZA("http://m/debian", "stable", "main"),
	  "sid", STANZA("http://m/debian", "sid", "main") },
	{ "a similar archive that is not Debian's",
	  "deb [signed-by=/k/vpn.gpg] http://vpn.example/stable/debian bookworm main\n"
	  "deb http://m.example/debian/ bookworm main\n",
	  "", NULL, STANZA("http://m.example/debian/", "bookworm", "main") },
	{ "the key beats the path", "deb http://vpn.example/debian bookworm main\n",
	  STANZA("http://mirror.example/d", "bookworm", "main") KEY, "sid",
	  STANZA("http://mirror.example/d", "sid", "main") KEY },
	{ "a key in the file", "",
	  STANZA("http://m/debian", "bookworm", "main") "Signed-By:\n debian-archive\n .\n xyz\n",
	  "sid",
	  STANZA("http://m/debian", "sid", "main") "Signed-By: \n debian-archive\n .\n xyz\n" },
	{ "switched off", "# deb http://m.example/debian bookworm main\n",
	  "Enabled: no\n" STANZA("http://m/debian", "bookworm", "main"), "sid", NULL },
	{ "sources only", "",
	  "Types: deb-src\nURIs: http://m/debian\nSuites: sid\n"
	  "Components: main\n",
	  "sid", NULL },
	{ "only an overlay", "deb http://m/debian bookworm-updates main", "", "sid", NULL },
	{ "no main", "deb http://m/debian bookworm contrib", "", "sid", NULL },
	{ "a disc", "deb cdrom:[Debian]/debian bookworm main", "", "sid", NULL },
	{ "nonsense", "deb\ndeb [\ndeb [x]\ndeb http://m/debian\n]\n", ":\n x\nURIs\n\n\n", "sid",
	  NULL },
};

static void test_derive(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct apt_sources sources = { 0 };
		_cleanup_free_ char *got = NULL;

		print_message("# %s\n", cases[i].what);
		apt_sources_add(&sources, cases[i].list, APT_FORMAT_LIST);
		apt_sources_add(&sources, cases[i].deb822, APT_FORMAT_DEB822);
		got = apt_sources_derive(&sources, cases[i].suite);
		apt_sources_deinit(&sources);
		if (cases[i].want)
			assert_string_equal(got ? got : "(none)", cases[i].want);
		else
			assert_null(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_derive) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
