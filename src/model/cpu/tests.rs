//! Operators and graphs in tract's way and in ours give the same numbers.

use tract_core::internal::*;
use tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::konst::Const;
use tract_core::ops::math;
use tract_core::ops::nn::{DataFormat, Reduce, Reducer, Resize, Softmax, SoftmaxKind};
use tract_core::ops::source::TypedSource;

use super::fuse::optimised;
use super::op::CpuOperator;

fn numbers(shape: &[usize]) -> Tensor {
    let values: Vec<f32> = (0..shape.iter().product()).map(|i: usize| (i as f32 * 0.7).sin() * 3.0).collect();
    Tensor::from_shape(shape, &values).expect("as many as the shape says")
}

/// Runs one operator by itself, in tract's way and in ours.
fn compare(op: impl Into<Box<dyn TypedOp>>, shape: &[usize], constants: &[Tensor]) {
    let tracts = compare_model(&[shape], constants, |model, wires| model.wire_node("made", op, wires));
    assert_eq!(tracts, 0, "{shape:?}");
}

/// Runs a graph in tract's way and in ours; gives how many operators of tract's are left in ours.
fn compare_model(
    inputs: &[&[usize]],
    constants: &[Tensor],
    wire: impl FnOnce(&mut TypedModel, &[OutletId]) -> TractResult<TVec<OutletId>>,
) -> usize {
    let mut model = TypedModel::default();
    let mut wires = tvec!();
    for (i, shape) in inputs.iter().enumerate() {
        wires.push(model.add_source(format!("x {i}"), f32::fact(*shape)).expect("a source"));
    }
    for (i, constant) in constants.iter().enumerate() {
        wires.push(model.add_const(format!("constant {i}"), constant.clone()).expect("a constant"));
    }
    let made = wire(&mut model, &wires).expect("wires");
    model.select_output_outlets(&made).expect("an output");
    let plain = model.clone().into_runnable().expect("runs");
    let ours = optimised(&model).expect("optimises");
    let inputs: TVec<TValue> = inputs.iter().map(|shape| numbers(shape).into_tvalue()).collect();
    let run = |plan: &Arc<TypedRunnableModel>| plan.run(inputs.clone()).expect("a run");
    let own = |node: &&TypedNode| {
        node.op_is::<CpuOperator>() || node.op_is::<Const>() || node.op_is::<TypedSource>()
    };
    let tracts = ours.nodes.len() - ours.nodes.iter().filter(own).count();
    let (wanted, got) = (run(&plain), run(&ours.into_runnable().expect("runs")));
    for (got, wanted) in got.iter().zip(&wanted) {
        got.close_enough(wanted, Approximation::Approximate).expect("the same numbers");
    }
    tracts
}

/// With its weights and bias; as many groups as channels if `each`.
fn convolution_of(
    [inputs, outputs]: [usize; 2],
    size: usize,
    [stride, dilation]: [usize; 2],
    padding: usize,
    each: bool,
) -> (Conv, [Tensor; 2]) {
    let pool_spec = PoolSpec {
        data_format: DataFormat::NCHW,
        kernel_shape: tvec!(size; 2),
        padding: PaddingSpec::Explicit(tvec!(padding; 2), tvec!(padding; 2)),
        dilations: Some(tvec!(dilation; 2)),
        strides: Some(tvec!(stride; 2)),
        input_channels: inputs,
        output_channels: outputs,
    };
    let groups = if each { inputs } else { 1 };
    let mut weights = numbers(&[outputs, inputs / groups, size, size]);
    let mut view = weights.try_as_plain_ram_mut().expect("floats");
    view.as_slice_mut::<f32>().expect("floats").iter_mut().for_each(|weight| *weight *= 0.1);
    let constants = [weights, numbers(&[outputs])];
    (Conv::new(pool_spec, KernelFormat::OIHW, groups, None), constants)
}

/// By itself, and with what may follow it: bounds, and another picture.
fn compare_convolution(op: &Conv, constants: &[Tensor], [rows, columns]: [usize; 2]) {
    let shape = [2, op.pool_spec.input_channels, rows, columns];
    compare(op.clone(), &shape, constants);
    let bounded = compare_model(&[&shape], constants, |model, wires| {
        let made = model.wire_node("made", op.clone(), wires)?;
        let floor = model.add_const("floor", tensor4(&[[[[-0.2_f32]]]]))?;
        let made = model.wire_node("floored", math::max(), &[made[0], floor])?;
        let ceiling = model.add_const("ceiling", tensor4(&[[[[0.6_f32]]]]))?;
        model.wire_node("bounded", math::min(), &[made[0], ceiling])
    });
    let joined = compare_model(&[&shape], constants, |model, wires| {
        let one = model.wire_node("one", op.clone(), wires)?;
        let other = model.wire_node("other", op.clone(), wires)?;
        let zero = model.add_const("zero", tensor4(&[[[[0.0_f32]]]]))?;
        let other = model.wire_node("floored", math::max(), &[other[0], zero])?;
        let both = model.wire_node("both", math::add(), &[one[0], other[0]])?;
        model.wire_node("bounded", math::max(), &[both[0], zero])
    });
    assert_eq!((bounded, joined), (0, 0), "{shape:?}");
}

#[test]
fn convolutions_are_those_of_tract() {
    for (channels, picture, size, steps, padding) in [
        ([8, 4], [8, 8], 3, [1, 1], 1),
        ([9, 5], [7, 11], 3, [1, 1], 1),
        ([16, 24], [40, 33], 3, [1, 1], 0),
        ([8, 7], [13, 6], 5, [1, 1], 2),
        ([12, 4], [5, 5], 5, [1, 1], 0),
        ([10, 8], [9, 9], 3, [1, 1], 2),
        ([1, 16], [21, 21], 5, [1, 1], 2),
        ([3, 1], [10, 9], 3, [1, 1], 1),
        ([8, 6], [17, 12], 3, [2, 1], 1),
        ([4, 9], [12, 19], 3, [1, 2], 2),
        ([2, 3], [7, 7], 2, [3, 1], 0),
        ([13, 6], [7, 9], 1, [1, 1], 0),
        ([6, 9], [8, 7], 1, [2, 1], 0),
        ([5, 2], [1, 3], 1, [1, 1], 0),
    ] {
        let (op, constants) = convolution_of(channels, size, steps, padding, false);
        compare_convolution(&op, &constants, picture);
    }
}

#[test]
fn convolutions_of_each_channel_are_those_of_tract() {
    for (channels, picture, size, stride, padding) in [
        (3, [8, 8], 3, 1, 1),
        (2, [7, 11], 3, 2, 1),
        (4, [17, 9], 5, 1, 2),
        (3, [12, 33], 5, 2, 2),
        (2, [6, 5], 5, 1, 0),
        (5, [3, 4], 3, 2, 0),
    ] {
        let (op, constants) = convolution_of([channels; 2], size, [stride, 1], padding, true);
        compare_convolution(&op, &constants, picture);
    }
}

#[test]
fn what_is_asked_for_twice_is_not_changed_by_what_follows() {
    let (op, constants) = convolution_of([8, 4], 3, [1, 1], 1, false);
    let tracts = compare_model(&[&[1, 8, 6, 6]], &constants, |model, wires| {
        let made = model.wire_node("made", op, wires)?[0];
        let zero = model.add_const("zero", tensor4(&[[[[0.0_f32]]]]))?;
        let floored = model.wire_node("floored", math::max(), &[made, zero])?[0];
        Ok(tvec!(made, floored))
    });
    assert_eq!(tracts, 0);
}

fn spec(channels: usize, size: [usize; 2], stride: [usize; 2]) -> PoolSpec {
    PoolSpec {
        data_format: DataFormat::NCHW,
        kernel_shape: size[..].into(),
        padding: PaddingSpec::ExplicitOnnxPool(tvec!(0, 0), tvec!(0, 0), false),
        dilations: None,
        strides: Some(stride[..].into()),
        input_channels: channels,
        output_channels: channels,
    }
}

#[test]
fn pools_are_those_of_tract() {
    for (shape, size, stride) in
        [([1, 3, 8, 10], [2, 2], [2, 2]), ([2, 5, 7, 9], [2, 2], [2, 2]), ([1, 1, 11, 6], [3, 2], [2, 1])]
    {
        let pool_spec = spec(shape[1], size, stride);
        compare(MaxPool { pool_spec: pool_spec.clone(), with_index_outputs: None }, &shape, &[]);
        compare(SumPool { pool_spec, count_include_pad: true, normalize: true }, &shape, &[]);
    }
}

#[test]
fn resizing_is_that_of_tract() {
    use tract_core::ops::nn::{CoordTransformer, Interpolator, Nearest};
    for (by, from) in [([2.0, 2.0], [7, 7]), ([1.5, 3.0], [4, 6]), ([0.5, 0.75], [9, 8])] {
        for transformer in [CoordTransformer::HalfPixel, CoordTransformer::AlignCorners] {
            let op = Resize {
                coord_transformer: transformer,
                interpolator: Interpolator::Linear,
                nearest: Nearest::Floor,
                optional_scales_input: Some(1),
                optional_sizes_input: None,
            };
            compare(op, &[1, 3, from[0], from[1]], &[tensor1(&[1.0_f32, 1.0, by[0], by[1]])]);
        }
    }
}

#[test]
fn sums_and_softmax_are_those_of_tract() {
    for (shape, axes) in [
        ([2, 3, 5, 7], tvec!(1)),
        ([1, 9, 4, 3], tvec!(2, 3)),
        ([3, 1, 6, 5], tvec!(1, 2)),
        ([2, 3, 5, 9], tvec!(3)),
    ] {
        compare(Reduce::new(axes.clone(), Reducer::Sum), &shape, &[]);
        for kind in [SoftmaxKind::Softmax, SoftmaxKind::LogSoftmax] {
            compare(Softmax { axes: axes.clone(), quant_output_dt: None, kind }, &shape, &[]);
        }
    }
}

#[test]
fn arithmetic_is_that_of_tract() {
    for op in [math::add(), math::sub(), math::mul(), math::div(), math::max(), math::min()] {
        for (shape, other) in [
            (&[2, 5, 3, 7][..], &[1, 5, 1, 1][..]),
            (&[2, 5, 3, 7], &[2, 5, 3, 7]),
            (&[2, 5, 3, 7], &[2, 1, 3, 1]),
            (&[2, 5, 3, 7], &[1, 1, 1, 1]),
            (&[1, 1, 7], &[1, 3, 1]),
            (&[1, 3, 1], &[1, 1, 7]),
            (&[1, 1], &[1, 1]),
            (&[1], &[4]),
        ] {
            compare(op.clone(), shape, &[numbers(other)]);
        }
    }
}

/// Each side as an input, and as a constant.
#[test]
fn products_are_those_of_tract() {
    for (axes, a, b) in [
        ("mk,kn->mn", &[5, 7][..], &[7, 9][..]),
        ("mk,nk->mn", &[13, 30], &[21, 30]),
        ("km,kn->mn", &[7, 5], &[7, 16]),
        ("mk,kn->nm", &[5, 7], &[7, 9]),
        ("mk,nk->nm", &[70, 3], &[5, 3]),
        ("mk,kn->mn", &[1, 37], &[37, 10]),
        ("mk,nk->mn", &[1, 37], &[10, 37]),
        ("mk,kn->mn", &[6, 12], &[12, 1]),
        ("mk,kn->mn", &[1, 5], &[5, 1]),
        ("mk,kn->mn", &[3, 1], &[1, 6]),
        ("mk,kn->mn", &[1, 1], &[1, 6]),
        ("bmk,bkn->bmn", &[3, 4, 6], &[3, 6, 9]),
        ("bmk,bkn->bmn", &[3, 4, 6], &[1, 6, 9]),
        ("bmk,bkn->bmn", &[1, 4, 6], &[3, 6, 9]),
        ("bmk,kn->bmn", &[3, 4, 6], &[6, 9]),
        ("bmk,bnk->bnm", &[2, 4, 6], &[2, 3, 6]),
        ("bmk,bkn->bmn", &[2, 1, 6], &[2, 6, 9]),
        ("bik,jk->bij", &[2, 1, 6], &[9, 6]),
        ("abmk,bkn->abmn", &[2, 3, 4, 5], &[3, 5, 6]),
        ("k,kn->n", &[6], &[6, 9]),
        ("mk,k->m", &[9, 6], &[6]),
        ("bk,bk->b", &[4, 6], &[4, 6]),
    ] {
        let product = |axes: &str| EinSum::new(axes.parse().expect("axes"), DatumType::F32);
        compare(product(axes), a, &[numbers(b)]);
        let tracts =
            compare_model(&[a, b], &[], |model, wires| model.wire_node("made", product(axes), wires));
        assert_eq!(tracts, 0, "{axes} of {a:?} and {b:?}");
        let (inputs, made) = axes.split_once("->").expect("an arrow");
        let (first, second) = inputs.split_once(',').expect("two inputs");
        compare(product(&format!("{second},{first}->{made}")), b, &[numbers(a)]);
    }
}

#[test]
fn a_product_adds_and_bounds_on_its_way() {
    for (m, n) in [(1, 10), (6, 1), (6, 19)] {
        let constants = [numbers(&[8, n]), numbers(&[1, n]), numbers(&[m, n])];
        let tracts = compare_model(&[&[m, 8]], &constants, |model, wires| {
            let product = EinSum::new("mk,kn->mn".parse()?, DatumType::F32);
            let made = model.wire_node("made", product, &wires[..2])?;
            let biased = model.wire_node("biased", math::add(), &[made[0], wires[2]])?;
            let added = model.wire_node("added", math::add(), &[wires[3], biased[0]])?;
            let floor = model.add_const("floor", tensor2(&[[-0.5_f32]]))?;
            model.wire_node("bounded", math::max(), &[added[0], floor])
        });
        assert_eq!(tracts, 0, "{m} rows, {n} columns");
    }
}

#[test]
fn what_depends_on_no_input_is_computed_once() {
    let tracts = compare_model(&[&[2, 20]], &[numbers(&[20])], |model, wires| {
        let raised = model.wire_node("raised", AxisOp::Add(0), &wires[1..])?[0];
        let twice = model.wire_node("twice", math::add(), &[raised, raised])?[0];
        model.wire_node("made", math::mul(), &[wires[0], twice])
    });
    assert_eq!(tracts, 0);
}
