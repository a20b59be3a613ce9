/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks a guest for the names of its kernel's functions. */
#include "guest/names.h"

#include <string.h>

#include "guest/private.h"

#define NAMES_MS 30000u
#define NAMES_MAX (64u << 20) /* bytes: 5 MB of 7.3 with all modules */

static bool is_names(const struct frame *f)
{
	struct msg_field name;

	return f->type == MSG_EVIDENCE && msg_find(f->payload, f->len, TAG_NAME, &name) &&
	       name.len == strlen(NAMES_EVIDENCE) && !memcmp(name.data, NAMES_EVIDENCE, name.len);
}

/* Takes one frame; true when it is the last, and then *@ok is set. */
static bool take(const struct frame *f, struct buf *out, bool *ok)
{
	struct msg_field field;

	if (is_names(f) && msg_find(f->payload, f->len, TAG_TEXT, &field) &&
	    out->len + field.len <= NAMES_MAX)
		buf_add(out, field.data, field.len);
	if (f->type != MSG_NAMES)
		return false;
	*ok = msg_find(f->payload, f->len, TAG_STATUS, &field) && field.len == 8 &&
	      !msg_u64(&field) && out->len;
	return true;
}

struct err *guest_names(struct guest *g, struct buf *out)
{
	uint64_t deadline = guest_now(g) + guest_ms(g, NAMES_MS) * 1000000;
	const struct buf nothing = BUF_INIT;
	struct err *err = link_send(&g->link, MSG_NAMES, &nothing);
	struct frame f;
	bool ok = false;

	while (!err) {
		switch (guest_wait(g, deadline, &f, &err)) {
		case GUEST_FRAME:
			if (!take(&f, out, &ok))
				break;
			return ok ? NULL :
				    err_create(ERR_INFRA, "the guest cannot read /proc/kallsyms");
		case GUEST_CANCELLED:
			return err_create(ERR_CANCELLED, "interrupted");
		case GUEST_GONE:
			return err_create(ERR_INFRA, "the guest ended");
		case GUEST_TIMEOUT:
			return err_create(ERR_TIMEOUT, "the guest did not tell its functions");
		case GUEST_BROKEN:
		case GUEST_SIDE:
		case GUEST_MARK:
		case GUEST_QUIET:
			break;
		}
	}
	return err;
}
