// SPDX-License-Identifier: GPL-2.0-only
/*
 * The agent's messages while a case runs: "type u8 | len u16 | payload", repeated. Then
 * the record is judged, written and read back.
 */
#include <errno.h>

#include "guest/case-private.h"
#include "reports/record/run-json.h"
#include "fuzz/fuzz.h"

/* The linker replaces functions that would need a guest by these: rig/build.mk. */
struct err *__wrap_link_send(struct link *l, enum msg_type type, const struct buf *payload);
uint64_t __wrap_guest_ms(const struct guest *g, uint64_t ms);
struct err *__wrap_virt_domain_monitor(struct virt_domain *d, bool human, const char *command,
				       char **reply);
struct err *__wrap_rundir_case_write(struct rundir_case *c, const char *name, const void *data,
				     size_t len, char **path);

struct err *__wrap_link_send(struct link *l, enum msg_type type, const struct buf *payload)
{
	(void)l;
	require(type == MSG_REPLY || type == MSG_ABORT);
	require(payload->len <= FRAME_PAYLOAD_MAX);
	return NULL;
}

uint64_t __wrap_guest_ms(const struct guest *g, uint64_t ms)
{
	(void)g;
	return ms;
}

struct err *__wrap_virt_domain_monitor(struct virt_domain *d, bool human, const char *command,
				       char **reply)
{
	(void)d, (void)human, (void)command, (void)reply;
	return err_create(ERR_INFRA, "no memory to read");
}

struct err *__wrap_rundir_case_write(struct rundir_case *c, const char *name, const void *data,
				     size_t len, char **path)
{
	(void)c;
	require(*name && *name != '.' && !strchr(name, '/') && strlen(name) <= 80);
	for (size_t i = 0; i < len; i++)
		require(((const char *)data)[i] || true);
	*path = len % 2 ? xstrdup("a") : NULL;
	return NULL;
}

static void write_and_read(struct case_record *rec)
{
	struct run_record run = { .started = "", .cases = &rec, .case_count = 1 };
	_cleanup_free_ char *text = NULL;
	struct run_summary back;

	case_record_add_timing(rec);
	case_record_judge(rec);
	text = run_json_text(&run);
	require(fuzz_ok(run_json_parse("record", text, strlen(text), &back)));
	require(back.case_count == 1 && back.cases[0]->verdict == rec->verdict);
	require(back.cases[0]->finding_count == rec->finding_count);
	run_summary_deinit(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const layout[] = {
		"page.size 64",	   "page.flags 0",  "page.refcount 52", "page.mapcount 48",
		"page.mapping 24", "page.share 32", "page.head 8",	"flag.head 6",
	};
	const struct guest_setup setup = { 0 };
	struct guest g = { .setup = &setup };
	struct plan_case c = { .text = (char *)"a\nb # c\nd\n" };
	struct rundir_case dir = { 0 };
	struct running r = { .g = &g, .c = &c, .dir = &dir, .rec = case_record_create("xfs/a") };
	bool over = false;

	injections_init(g.injections, &(struct injector_guest){ 0 });
	ledger_layout_init(&g.layout);
	for (size_t i = 0; i < ARRAY_SIZE(layout); i++)
		ledger_layout_add(&g.layout, layout[i]);
	g.layout.vmemmap = 0xffffea0000000000ull;
	while (size >= 3 && !over) {
		size_t len = MIN(data[1] | (size_t)data[2] << 8, size - 3);
		_cleanup_free_ char *payload = fuzz_text(data + 3, len);
		struct frame f = { data[0], (const uint8_t *)payload, len };

		over = !guest_take_who(&g, &f) && !fuzz_ok(case_take_frame(&r, &f, &over));
		data += 3 + len;
		size -= 3 + len;
	}
	require(r.rec->text_bytes <= CASE_TEXT_MAX + 2 * CASE_DETAIL_MAX);
	r.rec->guest = g.who;
	write_and_read(r.rec);
	injections_deinit(g.injections);
	case_record_destroy(r.rec);
	return 0;
}
