/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

/* What a call may refuse with that need not succeed. */
static int is_refusal(int err)
{
	return err == EINVAL || err == EBUSY || err == EAGAIN || err == ETXTBSY ||
	       err == EOPNOTSUPP || err == EFAULT;
}
