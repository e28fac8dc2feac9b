//! Operators one by one, over sizes that are no multiple of any tile: tract as it comes, tract with our loops, and the GPU agree.

use std::rc::Rc;

use tract_core::internal::*;
use tract_core::ops::array::{Gather, Pad, PadMode, Slice, TypedConcat};
use tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::math::{add, exp, mul, square, tanh};
use tract_core::ops::nn::resize::{CoordTransformer, Interpolator, Nearest, Resize};
use tract_core::ops::nn::{DataFormat, Reduce, Reducer, Softmax, SoftmaxKind};

use super::lower::lower;
use super::{Gpu, GpuModel, Variant};
use crate::model::cpu;

const TOLERANCE: f32 = 1e-4;

fn numbers(shape: &[usize], height: f32) -> tract_core::internal::Tensor {
    let count: usize = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|i| (i as f32 * 12.9898 + 1.0).sin() * height).collect();
    tract_core::internal::Tensor::from_shape(shape, &values).expect("its own shape")
}

/// A graph of one input, made by `wire`, runs on both.
fn agree(
    what: &str,
    gpu: &Rc<Gpu>,
    x: tract_core::internal::Tensor,
    wire: impl Fn(&mut TypedModel, OutletId) -> TractResult<OutletId>,
) {
    let mut graph = TypedModel::default();
    let source = graph.add_source("x", f32::fact(x.shape())).expect("a source");
    let made = wire(&mut graph, source).unwrap_or_else(|error| panic!("{what}: {error:#}"));
    graph.select_output_outlets(&[made]).expect("an output");
    let wanted = graph.clone().into_runnable().and_then(|plan| plan.run(tvec!(x.clone().into_tvalue())));
    let wanted = wanted.unwrap_or_else(|error| panic!("{what}: {error:#}")).remove(0).into_tensor();
    let wanted = crate::model::Tensor::from_tract(wanted);
    let ours =
        cpu::optimised(&graph).and_then(|graph| graph.into_runnable()?.run(tvec!(x.clone().into_tvalue())));
    let ours = ours.unwrap_or_else(|error| panic!("{what}: {error:#}")).remove(0).into_tensor();
    close(what, crate::model::Tensor::from_tract(ours).values(), wanted.values());
    let x = crate::model::Tensor::from_tract(x);
    for variant in [Variant { tile: 8, by_group: true }, Variant { tile: 4, by_group: false }] {
        let plan =
            pollster::block_on(GpuModel::new(gpu, &graph, variant)).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!(plan.parts().iter().all(|part| part.on_gpu), "{what} runs on the GPU");
        let made = pollster::block_on(plan.run(&[&x])).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(made[0].shape(), wanted.shape(), "{what}");
        close(&format!("{what} {variant:?}"), made[0].values(), wanted.values());
    }
}

fn close(what: &str, actual: &[f32], wanted: &[f32]) {
    assert_eq!(actual.len(), wanted.len(), "{what}");
    for (i, (a, w)) in actual.iter().zip(wanted).enumerate() {
        assert!((a - w).abs() <= TOLERANCE * w.abs().max(1.0), "{what} [{i}]: {a}, not {w}");
    }
}

fn device() -> Rc<Gpu> {
    pollster::block_on(Gpu::request()).expect("a device: ./build.sh test finds one in software")
}

struct Case {
    channels: (usize, usize),
    window: [usize; 2],
    stride: usize,
    dilation: usize,
    group: usize,
    padding: ([usize; 2], [usize; 2]),
}

fn spec(case: &Case, data_format: DataFormat) -> PoolSpec {
    PoolSpec {
        data_format,
        kernel_shape: TVec::from_slice(&case.window),
        padding: PaddingSpec::Explicit(TVec::from_slice(&case.padding.0), TVec::from_slice(&case.padding.1)),
        dilations: Some(tvec!(case.dilation; 2)),
        strides: Some(tvec!(case.stride; 2)),
        input_channels: case.channels.0,
        output_channels: case.channels.1,
    }
}

#[test]
fn convolutions_of_every_kind() {
    let gpu = device();
    let same = ([1, 1], [1, 1]);
    let cases = [
        Case { channels: (3, 7), window: [3, 3], stride: 1, dilation: 1, group: 1, padding: same },
        Case {
            channels: (5, 8),
            window: [1, 1],
            stride: 1,
            dilation: 1,
            group: 1,
            padding: ([0, 0], [0, 0]),
        },
        Case {
            channels: (4, 6),
            window: [5, 3],
            stride: 2,
            dilation: 1,
            group: 1,
            padding: ([2, 0], [1, 1]),
        },
        Case {
            channels: (6, 6),
            window: [3, 3],
            stride: 1,
            dilation: 2,
            group: 6,
            padding: ([2, 2], [2, 2]),
        },
        Case { channels: (6, 9), window: [3, 3], stride: 2, dilation: 1, group: 3, padding: same },
        Case {
            channels: (8, 16),
            window: [3, 3],
            stride: 1,
            dilation: 3,
            group: 2,
            padding: ([3, 3], [3, 3]),
        },
    ];
    for (i, case) in cases.iter().enumerate() {
        for format in [DataFormat::NCHW, DataFormat::NHWC] {
            let (from, to) = case.channels;
            let shape = if format == DataFormat::NCHW { [2, from, 13, 11] } else { [2, 13, 11, from] };
            agree(&format!("convolution {i}, {format:?}"), &gpu, numbers(&shape, 1.0), |graph, x| {
                let weights = numbers(&[to, from / case.group, case.window[0], case.window[1]], 0.5);
                let weights = graph.add_const("weights", weights)?;
                let bias = graph.add_const("bias", numbers(&[to], 1.0))?;
                let conv = Conv::new(spec(case, format), KernelFormat::OIHW, case.group, None);
                let made = graph.wire_node("conv", conv, &[x, weights, bias])?;
                Ok(graph.wire_node("tanh", tanh(), &made)?[0])
            });
        }
    }
}

#[test]
fn pools_reductions_and_softmax() {
    let gpu = device();
    let case = Case {
        channels: (3, 3),
        window: [3, 2],
        stride: 2,
        dilation: 1,
        group: 1,
        padding: ([1, 0], [1, 1]),
    };
    let pool = spec(&case, DataFormat::NCHW);
    agree("the largest", &gpu, numbers(&[2, 3, 13, 11], 2.0), |graph, x| {
        Ok(graph.wire_node("pool", MaxPool::new(pool.clone(), None), &[x])?[0])
    });
    for count_include_pad in [true, false] {
        agree("the mean", &gpu, numbers(&[2, 3, 13, 11], 2.0), |graph, x| {
            Ok(graph.wire_node("pool", SumPool::new(pool.clone(), count_include_pad, true), &[x])?[0])
        });
    }
    for axes in [tvec![0], tvec![1], tvec![2], tvec![0, 2], tvec![0, 1, 2]] {
        for reducer in [Reducer::Sum, Reducer::Max, Reducer::Min, Reducer::Prod] {
            agree(&format!("{reducer:?} {axes:?}"), &gpu, numbers(&[5, 67, 3], 1.0), |graph, x| {
                Ok(graph.wire_node("reduce", Reduce::new(axes.clone(), reducer), &[x])?[0])
            });
        }
        for (height, kind) in
            [(1.0, SoftmaxKind::Softmax), (1e4, SoftmaxKind::Softmax), (3.0, SoftmaxKind::LogSoftmax)]
        {
            agree(&format!("{kind:?} {axes:?}"), &gpu, numbers(&[5, 67, 3], height), |graph, x| {
                Ok(graph.wire_node("softmax", Softmax::new(axes.clone(), None, kind), &[x])?[0])
            });
        }
    }
}

#[test]
fn products_over_any_axes() {
    let gpu = device();
    let size = |axis: char| match axis {
        'b' => 3,
        'm' => 13,
        'n' => 17,
        'k' => 19,
        _ => 1,
    };
    for axes in [
        "mk,kn->mn",
        "mk,nk->nm",
        "bmk,bkn->bmn",
        "bkm,bnk->mbn",
        "mk,k->m",
        "k,kn->n",
        "abmk,kn->amnb",
        "mk,mk->m",
        "bk,mbn->mkbn",
    ] {
        let (inputs, _) = axes.split_once("->").expect("an arrow");
        let (a, b) = inputs.split_once(',').expect("two inputs");
        let shape = |names: &str| names.chars().map(size).collect::<Vec<usize>>();
        for constant in [true, false] {
            agree(&format!("{axes}, constant: {constant}"), &gpu, numbers(&shape(a), 1.0), |graph, x| {
                let other = graph.add_const("b", numbers(&shape(b), 1.0))?;
                let other = if constant { other } else { moving(graph, x, other)? };
                let einsum = EinSum::new(axes.parse()?, f32::datum_type());
                let made = graph.wire_node("product", einsum, &[x, other])?;
                Ok(graph.wire_node("square", square(), &made)?[0])
            });
        }
    }
}

/// A constant made to depend on the input, so that it is computed on the device.
fn moving(graph: &mut TypedModel, x: OutletId, constant: OutletId) -> TractResult<OutletId> {
    let rank = graph.outlet_fact(x)?.rank();
    let axes = (0..rank).collect();
    let mut sum = graph.wire_node("sum", Reduce::new(axes, Reducer::Sum), &[x])?[0];
    let wanted = graph.outlet_fact(constant)?.rank();
    for axis in wanted..rank {
        sum = graph.wire_node(format!("rm.{axis}"), AxisOp::Rm(0), &[sum])?[0];
    }
    for axis in rank..wanted {
        sum = graph.wire_node(format!("add.{axis}"), AxisOp::Add(0), &[sum])?[0];
    }
    Ok(graph.wire_node("moving", mul(), &[constant, sum])?[0])
}

#[test]
fn layouts_lookups_and_resizing() {
    let gpu = device();
    agree("layouts", &gpu, numbers(&[3, 5, 7], 1.0), |graph, x| {
        let turned = graph.wire_node("turned", AxisOp::Move(0, 2), &[x])?;
        let cut = graph.wire_node("cut", Slice::new(0, 1, 4), &turned)?;
        let shape = AxisOp::Reshape(0, tvec!(3.to_dim(), 7.to_dim()), tvec!(21.to_dim()));
        let flat = graph.wire_node("flat", shape, &cut)?;
        let raised = graph.wire_node("raised", exp(), &flat)?;
        let both = graph.wire_node("both", TypedConcat::new(1), &[raised[0], flat[0]])?;
        let mode = PadMode::Constant(Arc::new(0.5_f32.into()));
        let padded = graph.wire_node("padded", Pad::new(vec![(2, 1), (0, 3)], mode), &both)?;
        Ok(graph.wire_node("sum", add(), &[padded[0], padded[0]])?[0])
    });
    for axis in [0, 1, 2] {
        agree(&format!("looked up along {axis}"), &gpu, numbers(&[3, 5, 7], 1.0), |graph, x| {
            let places = graph.add_const("places", tensor2(&[[0_i64, -1], [2, 1]]))?;
            Ok(graph.wire_node("gather", Gather::new(axis), &[x, places])?[0])
        });
    }
    for interpolator in [Interpolator::Linear, Interpolator::Nearest] {
        for coord_transformer in
            [CoordTransformer::HalfPixel, CoordTransformer::AlignCorners, CoordTransformer::Asymmetric]
        {
            for (down, right) in [(2.0, 3.0), (0.5, 1.0)] {
                let resize = Resize {
                    coord_transformer: coord_transformer.clone(),
                    interpolator: interpolator.clone(),
                    nearest: Nearest::Floor,
                    optional_scales_input: Some(1),
                    optional_sizes_input: None,
                };
                agree(&format!("{resize:?}"), &gpu, numbers(&[1, 2, 6, 4], 1.0), |graph, x| {
                    let scales = graph.add_const("scales", tensor1(&[1.0_f32, 1.0, down, right]))?;
                    Ok(graph.wire_node("resize", resize.clone(), &[x, scales])?[0])
                });
            }
        }
    }
}

#[test]
fn weights_that_two_products_read_are_held_once() {
    let gpu = device();
    let mut graph = TypedModel::default();
    let mut wire = || -> TractResult<()> {
        let x = graph.add_source("x", f32::fact([3, 8]))?;
        let weights = graph.add_const("weights", numbers(&[8, 8], 1.0))?;
        let product = || -> TractResult<EinSum> { Ok(EinSum::new("mk,kn->mn".parse()?, f32::datum_type())) };
        let first = graph.wire_node("first", product()?, &[x, weights])?[0];
        let raised = graph.wire_node("raised", tanh(), &[first])?[0];
        let second = graph.wire_node("second", product()?, &[raised, weights])?;
        graph.select_output_outlets(&second)
    };
    wire().expect("a graph");
    assert_eq!(lower(&graph, Variant::default(), 1).expect("lowers").constants.len(), 8 * 8);
    let plan = pollster::block_on(GpuModel::new(&gpu, &graph, Variant::default())).expect("a plan");
    assert_eq!(plan.parts().len(), 2, "each product is finished in its own dispatch");
}
