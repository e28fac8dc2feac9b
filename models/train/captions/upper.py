"""The image encoder's upper half, which learns along with the captioner: blocks 8-15, the head, and the features.

The depthwise kernels stay as ImageNet made them: their gradient costs more time than all the rest, and the 1 x 1 convolutions
on both sides hold 97 % of the weights. Batch norm is folded into the convolutions, so its statistics are those of ImageNet.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.captions.lower import FROZEN
from train.common.image_encoder import Backbone, Encoder, SameConv


class FrozenDepthwise(torch.autograd.Function):
    """A depthwise convolution whose kernel does not learn; its gradient is a depthwise convolution too.

    x [B, C, H, W], weight [C, 1, k, k]; `padding` (before, after) is the same along both axes.
    """

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor, padding: tuple[int, int], stride: int) -> Tensor:
        ctx.save_for_backward(weight)
        ctx.padding, ctx.stride, ctx.side = padding, stride, x.shape[2]
        before, after = padding
        y = F.pad(x, (before, after, before, after)) if before != after else x
        return F.conv2d(y, weight, bias, stride, before if before == after else 0, groups=weight.shape[0])

    @staticmethod
    def backward(ctx, grad: Tensor):
        (weight,) = ctx.saved_tensors
        kernel, before = weight.shape[2], ctx.padding[0]
        first = kernel - 1 - before
        if ctx.stride > 1 or ctx.padding[0] != ctx.padding[1]:
            batch, channels, side, _ = grad.shape
            spread = grad.new_zeros((batch, channels, ctx.side + kernel - 1, ctx.side + kernel - 1))
            spread = spread.contiguous(memory_format=torch.channels_last)
            last = first + ctx.stride * (side - 1) + 1
            spread[:, :, first : last : ctx.stride, first : last : ctx.stride] = grad
            given = F.conv2d(spread, weight.flip(2, 3), groups=channels)
        else:
            given = F.conv2d(grad, weight.flip(2, 3), padding=first, groups=weight.shape[0])
        return given, None, grad.sum((0, 2, 3)), None, None


def convolve(conv: SameConv, x: Tensor) -> Tensor:
    """One convolution of the backbone, differentiable, in the precision of `x`."""
    weight, bias = conv.weight.to(x.dtype), conv.bias.to(x.dtype)
    if conv.groups > 1:
        return FrozenDepthwise.apply(x, weight.detach(), bias, conv.padding, conv.stride)
    return F.conv2d(x, weight, bias)


class Upper(nn.Module):
    """What block 7 gives, [B, 80, 14, 14], to features on their own grids: mid [B, 196, 112], deep [B, 49, 320], pooled [B, 1280].

    It shares its layers with an `Encoder`, which is what ships.
    """

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.encoder = encoder
        backbone: Backbone = encoder.backbone
        self.blocks = nn.ModuleList([*backbone.lower[FROZEN:], *backbone.upper])
        self.middle = len(backbone.lower) - FROZEN
        for module in [*self.blocks.modules(), *backbone.head.modules()]:
            if isinstance(module, SameConv):
                module.weight.requires_grad_(module.groups == 1)
                module.bias.requires_grad_(True)
        encoder.project.requires_grad_(True)

    def forward(self, x: Tensor, exact: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """The features, in bfloat16 (pooled in f32), or all in f32 where they must be `exact`."""
        x, mid = x.to(torch.float32 if exact else torch.bfloat16), None
        for number, block in enumerate(self.blocks):
            y = x
            for layer in block.layers:
                y = convolve(layer, y) if isinstance(layer, SameConv) else F.relu6(y)
            x = x + y if block.residual else y
            if number + 1 == self.middle:
                mid = x
        head = F.relu6(convolve(self.encoder.backbone.head[0], x))
        e, kind = self.encoder, x.dtype
        pooled = (head.float().mean((2, 3)) - e.pool_shift) * e.pool_scale
        deep = F.conv2d(head, e.project.weight.to(kind), e.project.bias.to(kind))
        # The scaling of block 10's channels, a depthwise 1 x 1 convolution in the file.
        mid = mid * e.mid_scale.weight.to(kind).reshape(1, -1, 1, 1) + e.mid_scale.bias.to(kind).reshape(1, -1, 1, 1)
        return mid.flatten(2).transpose(1, 2), deep.flatten(2).transpose(1, 2), pooled
