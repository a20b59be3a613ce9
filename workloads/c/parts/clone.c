/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/fs.h>
#include <sys/ioctl.h>
