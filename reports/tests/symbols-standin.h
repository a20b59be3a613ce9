/* SPDX-License-Identifier: GPL-2.0-only */
/* Small stand-ins for a kernel and its modules, compiled before the tests of symbols.h. */
#ifndef REPORTS_TESTS_SYMBOLS_STANDIN_H
#define REPORTS_TESTS_SYMBOLS_STANDIN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "base/program.h"
#include "reports/symbols/symbols.h"

#define BUILD_MS 60000
#define BUILD_ID "0123456789abcdef0123456789abcdef01234567"

static char base[64];

/* The word after an '@' names its line. */
static const char inline_h[] = "static inline __attribute__((always_inline)) void deepest(int *p)\n"
			       "{\n"
			       "	poke(p); /* @deepest */\n"
			       "}\n"
			       "static inline __attribute__((always_inline)) void middle(int *p)\n"
			       "{\n"
			       "	if (*p) {\n"
			       "		int inner = *p * 3;\n"
			       "		deepest(&inner); /* @middle */\n"
			       "	}\n"
			       "}\n"
			       "static __attribute__((noipa)) int shared(int x)\n"
			       "{\n"
			       "	return x * 3; /* @shared */\n"
			       "}\n";

static const char main_c[] = "const char linux_banner[] = \"Linux version 7.2 (x) #1\\n\";\n"
			     "int use_a(int x), use_b(int x);\n"
			     "void entry(void);\n"
			     "__attribute__((noipa)) void poke(int *p)\n"
			     "{\n"
			     "	*(volatile int *)p += 7; /* @poke */\n"
			     "}\n"
			     "#include \"../include/inline.h\"\n"
			     "__attribute__((noipa)) void outer(int *p)\n"
			     "{\n"
			     "	middle(p + 3); /* @outer */\n"
			     "	poke(p);\n"
			     "}\n"
			     "__attribute__((noipa, noreturn)) void die(void)\n"
			     "{\n"
			     "	for (;;)\n"
			     "		__asm__ volatile(\"pause\");\n"
			     "}\n"
			     "__attribute__((noipa)) void ends(void)\n"
			     "{\n"
			     "	die(); /* @ends */\n"
			     "}\n"
			     "void start_kernel(void)\n"
			     "{\n"
			     "	int x[8] = { 0 };\n"
			     "	outer(x);\n"
			     "	entry();\n"
			     "	if (use_a(x[0]) + use_b(x[1]) + shared(x[2]))\n"
			     "		ends();\n"
			     "}\n";

static const char a_c[] = "void poke(int *p);\n"
			  "#include \"../include/inline.h\"\n"
			  "static __attribute__((noipa)) int same(int x)\n"
			  "{\n"
			  "	return x * 5;\n"
			  "}\n"
			  "static __attribute__((noipa)) int twin(int x)\n"
			  "{\n"
			  "	return x + 1; /* @short */\n"
			  "}\n"
			  "int use_a(int x)\n"
			  "{\n"
			  "	return twin(x) + same(x) + shared(x);\n"
			  "}\n";

static const char b_c[] =
	"void poke(int *p);\n"
	"#include \"../include/inline.h\"\n"
	"static __attribute__((noipa)) int same(int x)\n"
	"{\n"
	"	return x * 5;\n"
	"}\n"
	"static __attribute__((noipa)) int twin(int x)\n"
	"{\n"
	"	volatile int y = x;\n"
	"	while (y++ < 9) /* @long */\n"
	"		x = x * y + 0x123456 * y - y / 7 + y % 11 + y * y * y * y * y;\n"
	"	return x;\n"
	"}\n"
	"int use_b(int x)\n"
	"{\n"
	"	return twin(x) + same(x) + shared(x);\n"
	"}\n";

/* For the kernel, entry() is two symbols of 2 and 3 bytes; it knows no other labels. */
static const char entry_s[] = "	.text\n"
			      "	.globl entry\n"
			      "	.type entry, @function\n"
			      "entry:\n"
			      "	nop\n"
			      ".Llocal:\n"
			      "\"$x\":\n"
			      "	nop /* @entry */\n"
			      "entry_alias:\n"
			      "entry_inner:\n"
			      "	nop\n"
			      "	nop /* @inner */\n"
			      "	ret\n"
			      "	.size entry, . - entry\n"
			      "cut.isra.0:\n"
			      "	ret /* @cut */\n"
			      "	.globl entry_next\n"
			      "entry_next:\n"
			      "	ret\n"
			      "	.section .note.GNU-stack, \"\", @progbits\n";

/* Two functions, each ROOM bytes before the next symbol. */
static const char pair_s[] = "	.text\n"
			     "	.balign 64\n"
			     "	.type pair, @function\n"
			     "pair:\n"
			     "#if ROOM == 8\n"
			     "	nop /* @eight */\n"
			     "#else\n"
			     "	nop /* @sixteen */\n"
			     "#endif\n"
			     "	ret\n"
			     "	.size pair, . - pair\n"
			     "	.balign ROOM\n"
			     "NEXT:\n"
			     "	ret\n"
			     "	.section .note.GNU-stack, \"\", @progbits\n";

static const char mod_c[] = "void poke(int *p);\n"
			    "#include \"../include/inline.h\"\n"
			    "__attribute__((noipa)) void mod_run(int *p)\n"
			    "{\n"
			    "	middle(p); /* @run */\n"
			    "	poke(p);\n"
			    "}\n"
			    "__attribute__((noipa, section(\".init.text\"))) int mod_init(int x)\n"
			    "{\n"
			    "	return shared(x) + 1; /* @init */\n"
			    "}\n";

static const struct {
	const char *path, *text;
} sources[] = {
	{ "tree/include/inline.h", inline_h },
	{ "tree/init/main.c", main_c },
	{ "tree/lib/a.c", a_c },
	{ "tree/lib/b.c", b_c },
	{ "tree/arch/entry.S", entry_s },
	{ "tree/fs/mod-x.c", mod_c },
	{ "tree/arch/pair.S", pair_s },
};

/* Built as kernels are: in a folder of its own, from relative and from absolute names. */
static const char script[] =
	"cd %s; top=$PWD; mkdir obj mods mods/fs mods-xz mods-strip mods-bad; cd obj\n"
	"flags='-g -O2 -fno-pic -fcf-protection=none -fno-stack-protector -falign-functions=64'\n"
	"link='-static -nostdlib -no-pie -Wl,-e,start_kernel -Wl,--build-id=0x" BUILD_ID "'\n"
	"for f in init/main.c lib/a.c lib/b.c arch/entry.S; do\n"
	"	o=$(basename $f).o; src=../tree/$f\n"
	"	case $f in lib/b.c) src=$top/tree/$f;; esac\n"
	"	gcc $flags -c $src -o $o\n"
	"	gcc $flags -gz=zlib -c $src -o z-$o\n"
	"done\n"
	"gcc $flags -Wa,--keep-locals -c ../tree/arch/entry.S -o entry.S.o\n"
	"gcc $flags -DROOM=8 -DNEXT=x -c ../tree/arch/pair.S -o p.o\n"
	"gcc $flags -DROOM=16 -DNEXT=y -c ../tree/arch/pair.S -o q.o\n"
	"gcc $link -o vmlinux main.c.o p.o a.c.o q.o b.c.o entry.S.o\n"
	"gcc $link -gz=zlib -o vmlinux-zlib z-main.c.o z-a.c.o z-b.c.o z-entry.S.o\n"
	"objcopy --remove-section .debug_aranges vmlinux vmlinux-no-aranges\n"
	"objcopy --remove-section .debug_line vmlinux vmlinux-no-lines\n"
	"strip -o vmlinux-stripped vmlinux\n"
	"strip --strip-debug -o vmlinux-symbols vmlinux\n"
	"gcc $flags -c ../tree/fs/mod-x.c -o ../mods/fs/mod-x.ko\n"
	"xz -k -c ../mods/fs/mod-x.ko > ../mods-xz/mod_x.ko.xz\n"
	"strip --strip-debug -o ../mods-strip/mod-x.ko ../mods/fs/mod-x.ko\n"
	"cp ../mods/fs/mod-x.ko ../mods-strip/mod-x.ko.debug\n"
	"cp ../mods-strip/mod-x.ko ../mods-bad/bare.ko\n"
	"echo no module > ../mods-bad/text.ko\n"
	"echo no module > ../mods-bad/packed.ko.zst\n"
	": > empty; echo hello > text\n";

/* "base/NAME", valid for four calls. */
static inline const char *at(const char *name)
{
	static char paths[4][256];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	return path;
}

static inline void must(struct err *err)
{
	if (err)
		fail_msg("%s", err->message);
}

static inline int setup(void **state)
{
	_cleanup_free_ char *text = NULL;

	(void)state;
	strcpy(base, "/tmp/test-symbols-XXXXXX");
	assert_non_null(mkdtemp(base));
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", base, sources[i].path);
		_cleanup_free_ char *dir = xstrndup(path, strrchr(path, '/') - path);

		must(dir_create(dir));
		must(file_write_atomic(path, sources[i].text, strlen(sources[i].text)));
	}
	text = xasprintf(script, base);
	must(run_program((const char *const[]){ "sh", "-ec", text, NULL }, BUILD_MS, NULL));
	return 0;
}

static inline int teardown(void **state)
{
	struct err *err = tree_remove(base);

	(void)state;
	err_free(err);
	return err ? -1 : 0;
}

/* The line of @text with "@NAME". */
static inline unsigned int line_of(const char *text, const char *name)
{
	_cleanup_free_ char *mark = xasprintf("@%s ", name);
	const char *end = strstr(text, mark);
	unsigned int line = 1;

	assert_non_null(end);
	for (const char *p = text; p < end; p++)
		line += *p == '\n';
	return line;
}

struct known {
	uint64_t size; /* as in the symbol table */
	uint64_t room; /* to the next one */
};

/* The @which-th symbol @name, by address, as nm shows it. */
static inline struct known known(const char *file, const char *name, unsigned int which)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct known k = { 0, 0 };
	unsigned long long start = 0;
	bool found = false;
	char *save = NULL;

	must(run_program((const char *const[]){ "nm", "-n", "-S", file, NULL }, BUILD_MS, &out));
	for (char *line = strtok_r(out.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		unsigned long long address, size = 0;
		char kind, symbol[64];

		if (sscanf(line, "%llx %llx %c %63s", &address, &size, &kind, symbol) != 4 &&
		    sscanf(line, "%llx %c %63s", &address, &kind, symbol) != 3)
			continue;
		if (found && address > start) {
			k.room = address - start;
			break;
		}
		if (!found && !strcmp(symbol, name) && !which--) {
			found = true;
			start = address;
			k.size = size;
		}
	}
	assert_true(found);
	return k;
}

static inline void collect(void *arg, const struct symbols_place *place)
{
	struct buf *out = arg;

	buf_addf(out, "%s%s%s %s:%u", out->len ? " < " : "", place->inlined ? "*" : "",
		 place->function, place->file ? place->file : "-", place->line);
}

/* "*deepest include/inline.h:3 < outer init/main.c:11", an inlined function with a '*'. */
static inline enum symbols_answer places(struct symbols *s, const struct symbols_frame *frame,
					 struct buf *out)
{
	enum symbols_answer a;

	buf_reset(out);
	a = symbols_find(s, frame, collect, out);
	if ((a == SYMBOLS_FOUND) != (out->len > 0) ||
	    (a == SYMBOLS_FOUND) != (symbols_problem(s) == NULL))
		fail_msg("answer %d, '%s', problem '%s'", a, buf_str(out), symbols_problem(s));
	return a;
}

static inline enum symbols_answer ask(struct symbols *s, const char *function, const char *module,
				      uint64_t offset, uint64_t size)
{
	_cleanup_buf_ struct buf got = BUF_INIT;
	struct symbols_frame frame = { function, module, offset, size, false };

	return places(s, &frame, &got);
}

#endif
